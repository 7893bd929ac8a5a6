"""An agent in operation: a Sparkplug B edge node over MQTT 5, and the host at the other end.

Beside what the agent needs there are paho-mqtt and protobuf, and nothing else.
"""

"""Agents in operation, over MQTT: in this process, and in processes of their own."""

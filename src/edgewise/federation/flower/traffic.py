"""The bytes of a federation, counted message by message.

Flower's own counter (`flwr ls`) adds up what SuperNodes and SuperLink say to each other about
messages: each message's envelope, and each of its objects. The same is added up here from the
messages themselves, as the ServerApp saw them. Flower's store keeps what is the same once: where
two sites send the same array at the same time, Flower counts it once, and this count twice.
"""

from dataclasses import dataclass

from flwr.app import Message
from flwr.app.message import remove_content_from_message
from flwr.common.serde import message_to_proto
from flwr.proto import fleet_pb2
from flwr.proto.node_pb2 import Node
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects, get_object_tree

SESSION = 36
"""Characters of the name of an upload."""
RECONNECT_S = 5


@dataclass(frozen=True)
class Traffic:
    """Of the server's: `outbound` to the sites, `inbound` from them [bytes]."""

    outbound: int = 0
    inbound: int = 0

    def __add__(self, other: "Traffic") -> "Traffic":
        return Traffic(self.outbound + other.outbound, self.inbound + other.inbound)


def exchange(asked: Message, answered: Message) -> Traffic:
    """A message to a node and its reply."""
    node = Node(node_id=answered.metadata.src_node_id)
    return _pulled(asked, node) + _pushed(answered, node)


def _pulled(message: Message, node: Node) -> Traffic:
    response = fleet_pb2.PullMessagesResponse(
        messages_list=[message_to_proto(remove_content_from_message(message))],
        message_object_trees=[get_object_tree(message)],
    )
    request = fleet_pb2.PullMessagesRequest(node=node)
    return Traffic(response.ByteSize() + sum(objects(message).values()), request.ByteSize())


def _pushed(message: Message, node: Node) -> Traffic:
    sizes, identity = objects(message), message.metadata.message_id
    request = fleet_pb2.PushMessagesRequest(
        node=node,
        messages_list=[message_to_proto(remove_content_from_message(message))],
        message_object_trees=[get_object_tree(message)],
        clientapp_runtime_list=[1.0],
    )
    response = fleet_pb2.PushMessagesResponse(
        reconnect=fleet_pb2.Reconnect(reconnect=RECONNECT_S),
        results={identity: 0},
        objects_to_push=list(sizes),
        session_id="0" * SESSION,
    )
    return Traffic(response.ByteSize(), request.ByteSize() + sum(sizes.values()))


def objects(message: Message) -> dict[str, int]:
    """The objects that a message is made of, by their name, and their bytes."""
    nested = get_all_nested_objects(message)
    return {name: len(each.deflate()) for name, each in nested.items()}

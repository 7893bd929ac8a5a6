"""The ClientApp: what a SuperNode runs when a message comes. It asks the site, and answers.

Flower starts a process for each message; what a site has learned and lived through must outlast
it, so the site is a process of its own (`federation.site`), and this one only speaks for it.
"""

from flwr.app import Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp

from edgewise.federation import wire
from edgewise.federation.flower.arrays import model_of, record_of

app = ClientApp()


@app.train()
def train(message: Message, context: Context) -> Message:
    """One round of the site's own slots."""
    told, asked = message.content["config"], message.content["arrays"]
    number = int(told["server-round"])
    with wire.connected(int(context.node_config["port"])) as site:
        site.send((number, model_of(asked)))
        model = site.recv()
    facts = {
        "num-examples": float(context.node_config["weight"]),
        "site": int(context.node_config["site"]),
        "round": number,
    }
    content = RecordDict({"arrays": record_of(model), "metrics": MetricRecord(facts)})
    return Message(content=content, reply_to=message)

package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What one logic can do. */
record LogicContext(Address.Logic self, MessageRouter router) implements Logic.Context {

    @Override
    public SendReport send(List<? extends Address> targets, Payload payload) {
        return router.send(Message.of(self, targets, payload));
    }

    @Override
    public CompletionStage<Message> request(Address target, Payload payload, Duration within) {
        return router.request(Message.of(self, target, payload), within);
    }

    @Override
    public SendReport reply(Message received, Payload payload) {
        Message answer = Message.of(self, received.replyTo(), payload);
        return router.send(
                received.intent() instanceof Intent.Ask ? answer.withIntent(new Intent.Reply(received.id())) : answer);
    }
}

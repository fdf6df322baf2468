package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Message;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Topic;

/** What a {@link LoopOutbox} is asked to do. */
sealed interface OutboxTask {
    /** What a task counts for beside its bytes. */
    int OVERHEAD = 64;

    /** What one connection gets beside topics. */
    sealed interface Direct extends OutboxTask {
        ClientConnection connection();

        /** What was reserved for it. */
        int weight();
    }

    record Send(ClientConnection connection, Message message) implements Direct {
        @Override
        public int weight() {
            return LoopOutbox.weight(message);
        }
    }

    /** A frame of the protocol, in JSON. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(ClientConnection connection, byte[] json) implements Direct {
        @Override
        public int weight() {
            return json.length + OVERHEAD;
        }
    }

    record Publish(Topic topic, Publication publication) implements OutboxTask {}

    /** {@code ok} goes before the first message, and after the last of an earlier subscription. */
    record Subscribe(Topic topic, long after, Answer ok) implements OutboxTask {}

    /** As {@code Subscribe}, for one that was there over another connection. */
    record GoOn(ClientConnection connection, Topic topic, long after) implements OutboxTask {}

    record Unsubscribe(ClientConnection connection, String topic) implements OutboxTask {}

    /** It is writable again. */
    record Resume(ClientConnection connection) implements OutboxTask {}

    record Close(ClientConnection connection, CloseReason reason) implements OutboxTask {}

    /** The client has closed, and said why. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Leave(ClientConnection connection, byte[] status) implements OutboxTask {}
}

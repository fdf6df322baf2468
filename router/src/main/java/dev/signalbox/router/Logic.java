package dev.signalbox.router;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Server-side handler of messages, of one of three kinds. It runs on virtual threads and may block. */
public sealed interface Logic {

    /** What runs for each message. */
    @FunctionalInterface
    interface Handler {
        /** An exception is counted and told to the listener; a client that waits for a reply is told, too. */
        void handle(Message message, Context context) throws Exception;
    }

    /** What runs beside the flow. */
    @FunctionalInterface
    interface Background {
        /** Runs until it returns or its thread is interrupted, which the router does when it stops. */
        void run(Context context) throws Exception;
    }

    /** What a logic can do. Thread-safe. */
    interface Context {
        /** The logic's own address, the source of all it sends. */
        Address.Logic self();

        /** For everything else: the registry, acknowledged delivery. */
        Router router();

        /** Sends; never blocks. */
        SendReport send(List<? extends Address> targets, Payload payload);

        /** Sends to one target; never blocks. */
        default SendReport send(Address target, Payload payload) {
            return send(List.of(target), payload);
        }

        /** Asks one client or logic. Completes with the reply or a {@link RequestException}. */
        CompletionStage<Message> request(Address target, Payload payload, Duration within);

        /**
         * Answers {@code received}; if its sender did not ask, the answer is an ordinary message to it. Of a user with several
         * sessions, only the one that sent it gets the answer.
         */
        SendReport reply(Message received, Payload payload);
    }

    /**
     * A virtual thread per message, in no order.
     *
     * @param concurrency how many run at a time, 1 to 100,000
     * @param waiting how many more may wait, 0 to 1,000,000; beyond that the sender sees {@link ErrorCode#MAILBOX_FULL}
     */
    record Dispatched(Handler handler, int concurrency, int waiting) implements Logic {
        public Dispatched {
            RouterOptions.requireRange("concurrency", concurrency, 1, 100_000);
            RouterOptions.requireRange("waiting", waiting, 0, 1_000_000);
        }
    }

    /**
     * One message at a time, strictly in order.
     *
     * @param mailbox how many may wait, 1 to 1,000,000; beyond that the sender sees {@link ErrorCode#MAILBOX_FULL}
     */
    record Worker(Handler handler, int mailbox) implements Logic {
        public Worker {
            RouterOptions.requireRange("mailbox", mailbox, 1, 1_000_000);
        }
    }

    /** Started and stopped with the router; a message to it is an error that the sender sees. */
    record Passive(Background background) implements Logic {}

    /** 256 at a time, 1,024 waiting. */
    static Logic dispatched(Handler handler) {
        return new Dispatched(handler, 256, 1_024);
    }

    /** 1,024 waiting. */
    static Logic worker(Handler handler) {
        return new Worker(handler, 1_024);
    }

    static Logic passive(Background background) {
        return new Passive(background);
    }
}

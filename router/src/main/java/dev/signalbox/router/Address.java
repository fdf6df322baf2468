package dev.signalbox.router;

import java.util.UUID;

/**
 * Who a message is from or for. Printed and parsed as {@code client:USER}, {@code client:USER#SESSION}, {@code logic:NAME},
 * {@code topic:NAME} or {@code all}.
 *
 * <p>The alphabets are narrow on purpose: an address can stand in a log line, a URL or a JSON string as it is.
 */
public sealed interface Address {

    /** Every session that is connected at the moment of sending, the sender's included. Never a source. */
    All ALL = new All();

    /**
     * The address of a user: of every session of theirs.
     *
     * @throws IllegalArgumentException unless {@code id} is 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ @ + : / = -}
     */
    static Client client(String id) {
        return new Client(id);
    }

    /**
     * The address of a logic.
     *
     * @throws IllegalArgumentException unless {@code name} is 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
     */
    static Logic logic(String name) {
        return new Logic(name);
    }

    /**
     * The address of a topic.
     *
     * @throws IllegalArgumentException unless {@code name} is 1 to 128 characters of {@code A-Z a-z 0-9 . _ ~ @ + : / = -}
     */
    static Topic topic(String name) {
        return new Topic(name);
    }

    /**
     * The address that was printed so.
     *
     * @throws IllegalArgumentException if it is none of the five forms
     */
    static Address parse(String printed) {
        if (printed.startsWith(Client.PREFIX)) {
            return client(printed, printed.indexOf(Session.SEPARATOR));
        }
        if (printed.startsWith(Logic.PREFIX)) {
            return new Logic(printed.substring(Logic.PREFIX.length()));
        }
        if (printed.startsWith(Topic.PREFIX)) {
            return new Topic(printed.substring(Topic.PREFIX.length()));
        }
        if (printed.equals("all")) {
            return ALL;
        }
        throw new IllegalArgumentException(
                "an address is client:USER, client:USER#SESSION, logic:NAME, topic:NAME or all, not: "
                        + Strings.excerpt(printed));
    }

    private static Address client(String printed, int separator) {
        return separator < 0
                ? new Client(printed.substring(Client.PREFIX.length()))
                : new Session(
                        printed.substring(Client.PREFIX.length(), separator),
                        Strings.uuid("session", printed.substring(separator + 1)));
    }

    /** A user, with all of their sessions. */
    record Client(String id) implements Address {
        private static final String PREFIX = "client:";

        public Client {
            Strings.requireName("client id", id, 128, "._~@+:/=-");
        }

        @Override
        public String toString() {
            return PREFIX + id;
        }
    }

    /** One session of a user. */
    record Session(String user, UUID id) implements Address {
        private static final char SEPARATOR = '#';

        public Session {
            Strings.requireName("client id", user, 128, "._~@+:/=-");
        }

        @Override
        public String toString() {
            return Client.PREFIX + user + SEPARATOR + id;
        }
    }

    /** A handler in the server, or server code that names itself so as a source. */
    record Logic(String name) implements Address {
        private static final String PREFIX = "logic:";

        public Logic {
            Strings.requireName("logic name", name, 64, "._-");
        }

        @Override
        public String toString() {
            return PREFIX + name;
        }
    }

    /** All who subscribe to a topic. */
    record Topic(String name) implements Address {
        private static final String PREFIX = "topic:";

        public Topic {
            if (!name.equals("*")) {
                String begin = isPattern(name) ? name.substring(0, name.length() - 1) : name;
                Strings.requireName("topic name", begin, 128, "._~@+:/=-");
            }
        }

        /**
         * Whether it stands for all topics whose names begin so: it ends with an asterisk. Clients subscribe to it; nobody publishes
         * to it.
         */
        public boolean isPattern() {
            return isPattern(name);
        }

        private static boolean isPattern(String name) {
            return name.endsWith("*");
        }

        @Override
        public String toString() {
            return PREFIX + name;
        }
    }

    /** See {@link #ALL}. */
    record All() implements Address {
        @Override
        public String toString() {
            return "all";
        }
    }
}

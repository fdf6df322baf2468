package dev.signalbox.delivery.digest;

import java.util.Map;

/** Makes one message of many. Thread-safe. It is asked in a transaction, so it must be quick and may be asked again. */
@FunctionalInterface
public interface DigestComposer {

    /** The one message, which is sent as any other. */
    record Composed(String body, Map<String, String> headers) {
        public Composed {
            headers = Map.copyOf(headers);
        }
    }

    /**
     * Makes the one message.
     *
     * @throws DigestException if there is no such message, such as for a template that does not exist any more
     */
    Composed compose(Digest digest);

    /**
     * One below the other, with the headers of the newest; {@code digest-count} says how many they are, and a subject, too. A
     * message that is alone stays as it is.
     */
    static DigestComposer plain() {
        return PlainDigest::compose;
    }
}

package dev.signalbox.delivery.queue;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The medium of a delivery. The well-known ones are constants; a {@link Sender} may serve a channel of its own name.
 *
 * @param name 1 to 16 lower-case letters, digits and hyphens, starting with a letter
 */
public record Channel(String name) {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,15}");

    /** A connected client, through the router; its addresses are client ids and are written {@code client:ID}. */
    public static final Channel LIVE = new Channel("client");

    /** A topic of connected clients, through the router. */
    public static final Channel TOPIC = new Channel("topic");

    /** Code of the server, through the router. */
    public static final Channel LOGIC = new Channel("logic");

    public static final Channel SMS = new Channel("sms");
    public static final Channel EMAIL = new Channel("email");
    public static final Channel WEBHOOK = new Channel("webhook");

    public Channel {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "channel '" + name + "' is not a name of 1 to 16 letters, digits and hyphens");
        }
    }

    /** The channel of this name; empty if it is not a name of one. */
    static Optional<Channel> named(String name) {
        return NAME.matcher(name).matches() ? Optional.of(new Channel(name)) : Optional.empty();
    }

    /** Written out, with {@code hashCode}: what a record has by itself is made at run time, and a server needs both as it starts. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Channel channel && channel.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name;
    }
}

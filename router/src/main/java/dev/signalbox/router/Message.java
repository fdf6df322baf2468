package dev.signalbox.router;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The envelope that everything travels in. Immutable; each {@code with…} method returns a changed copy.
 *
 * @param id UUIDv7; the same on every redelivery, so that a receiver can tell a repetition
 * @param source who sent it: a user or a logic
 * @param origin the session that it came from, if it came from one; only nodes of its cluster see it
 * @param targets at least one; repetitions are dropped, the order is kept
 * @param headers for the receiver; they travel with the message
 * @param tags for middleware and logic of this node; they never leave it
 */
public record Message(
        UUID id,
        Address source,
        Optional<Address.Session> origin,
        List<Address> targets,
        Payload payload,
        Map<String, String> headers,
        Map<String, Object> tags,
        Intent intent) {
    /** What a message takes in memory beside its payload and headers. */
    private static final int OVERHEAD = 256;

    private static final int HEADER_OVERHEAD = 64;

    public Message {
        if (!(source instanceof Address.Client || source instanceof Address.Logic)) {
            throw new IllegalArgumentException("a message comes from one client or logic, not from " + source);
        }
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("a message needs at least one target");
        }
        targets = targets.size() == 1 ? List.copyOf(targets) : List.copyOf(new LinkedHashSet<>(targets));
        headers = Map.copyOf(headers);
        tags = Map.copyOf(tags);
    }

    /** A message with a new id, no headers and no tags. */
    public static Message of(Address source, List<? extends Address> targets, Payload payload) {
        return new Message(
                MessageId.next(),
                source,
                Optional.empty(),
                List.copyOf(targets),
                payload,
                Map.of(),
                Map.of(),
                Intent.TELL);
    }

    /** A message with a new id, one target, no headers and no tags. */
    public static Message of(Address source, Address target, Payload payload) {
        return of(source, List.of(target), payload);
    }

    public Message withId(UUID changed) {
        return new Message(changed, source, origin, targets, payload, headers, tags, intent);
    }

    public Message withTargets(List<Address> changed) {
        return new Message(id, source, origin, changed, payload, headers, tags, intent);
    }

    public Message withPayload(Payload changed) {
        return new Message(id, source, origin, targets, changed, headers, tags, intent);
    }

    public Message withHeaders(Map<String, String> changed) {
        return new Message(id, source, origin, targets, payload, changed, tags, intent);
    }

    /** Adds a header, or replaces the one of that name. */
    public Message withHeader(String name, String value) {
        return withHeaders(with(headers, name, value));
    }

    /** Adds a tag, or replaces the one of that name. */
    public Message withTag(String name, Object value) {
        return new Message(id, source, origin, targets, payload, headers, with(tags, name, value), intent);
    }

    Message withIntent(Intent changed) {
        return new Message(id, source, origin, targets, payload, headers, tags, changed);
    }

    /** For what a session sent; the router sees to it. */
    public Message withOrigin(Address.Session changed) {
        return new Message(id, source, Optional.of(changed), targets, payload, headers, tags, intent);
    }

    /** Where an answer goes: to the very session that sent it, else to its source. */
    public Address replyTo() {
        return origin.<Address>map(session -> session).orElse(source);
    }

    /** What it counts for wherever bytes in memory are bounded: all of it, not only its payload. */
    public int bytes() {
        int bytes = OVERHEAD + payload.size();
        for (Map.Entry<String, String> header : headers.entrySet()) {
            bytes += HEADER_OVERHEAD
                    + header.getKey().length()
                    + header.getValue().length();
        }
        return bytes;
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        Map<String, V> changed = new HashMap<>(map);
        changed.put(name, value);
        return changed;
    }
}

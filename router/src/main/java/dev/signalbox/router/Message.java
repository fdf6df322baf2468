package dev.signalbox.router;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The envelope that everything travels in. Immutable; each {@code with…} method returns a changed copy.
 *
 * @param id UUIDv7; the same on every redelivery, so that a receiver can tell a repetition
 * @param source who sent it: a client or a logic, never {@link Address#ALL}
 * @param targets at least one; repetitions are dropped, the order is kept
 * @param headers for the receiver; they travel with the message
 * @param tags for middleware and logic of this node; they never leave it
 */
public record Message(
        UUID id,
        Address source,
        List<Address> targets,
        Payload payload,
        Map<String, String> headers,
        Map<String, Object> tags,
        Intent intent,
        Verdict verdict) {

    public Message {
        if (source instanceof Address.All) {
            throw new IllegalArgumentException("a message comes from one client or logic, not from all");
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
                List.copyOf(targets),
                payload,
                Map.of(),
                Map.of(),
                Intent.TELL,
                Verdict.ACCEPTED);
    }

    /** A message with a new id, one target, no headers and no tags. */
    public static Message of(Address source, Address target, Payload payload) {
        return of(source, List.of(target), payload);
    }

    public Message withId(UUID changed) {
        return new Message(changed, source, targets, payload, headers, tags, intent, verdict);
    }

    public Message withTargets(List<Address> changed) {
        return new Message(id, source, changed, payload, headers, tags, intent, verdict);
    }

    public Message withPayload(Payload changed) {
        return new Message(id, source, targets, changed, headers, tags, intent, verdict);
    }

    public Message withHeaders(Map<String, String> changed) {
        return new Message(id, source, targets, payload, changed, tags, intent, verdict);
    }

    /** Adds a header, or replaces the one of that name. */
    public Message withHeader(String name, String value) {
        return withHeaders(with(headers, name, value));
    }

    /** Adds a tag, or replaces the one of that name. */
    public Message withTag(String name, Object value) {
        return new Message(id, source, targets, payload, headers, with(tags, name, value), intent, verdict);
    }

    Message withIntent(Intent changed) {
        return new Message(id, source, targets, payload, headers, tags, changed, verdict);
    }

    /** What middleware returns to stop a message; {@code reason} is told to the sender. */
    public Message rejected(String reason) {
        return new Message(id, source, targets, payload, headers, tags, intent, new Verdict.Rejected(reason));
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        Map<String, V> changed = new HashMap<>(map);
        changed.put(name, value);
        return changed;
    }
}

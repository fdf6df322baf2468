package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violations;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads which messages are meant, from a query or from JSON. Used once, by one thread. */
final class MessageFilterReader {
    /** The fields of a filter. */
    static final Set<String> FIELDS =
            Set.of("state", "channel", "address", "id", "text", "reason", "tag", "after", "before");

    private final Fields fields;
    private final Violations violations;

    MessageFilterReader(Fields fields, Violations violations) {
        this.fields = fields;
        this.violations = violations;
    }

    /** The filter without the fields that are wrong, which are noted. */
    MessageFilter read() {
        Optional<MessageState> state = fields.text("state").flatMap(this::state);
        Optional<Channel> channel = fields.text("channel").flatMap(this::channel);
        MessageFilter filter =
                MessageFilter.ALL.withState(state).withChannel(channel).withAccepted(time("after"), time("before"));
        filter = with(filter, "address", MessageFilter::withAddress);
        filter = with(filter, "id", MessageFilter::withId);
        filter = with(filter, "text", MessageFilter::withText);
        filter = with(filter, "reason", MessageFilter::withReason);
        return with(filter, "tag", MessageFilter::withTag);
    }

    /** Narrows a filter; throws IllegalArgumentException, naming the field, for a value that cannot be. */
    @FunctionalInterface
    interface Narrowing {
        MessageFilter apply(MessageFilter filter, Optional<String> value);
    }

    /** Narrows a filter by one field more; one that cannot be is noted. */
    MessageFilter with(MessageFilter filter, String name, Narrowing narrowing) {
        Optional<String> value = fields.text(name);
        return checked(name, () -> narrowing.apply(filter, value)).orElse(filter);
    }

    private Optional<MessageFilter> checked(String name, Supplier<MessageFilter> narrowed) {
        try {
            return Optional.of(narrowed.get());
        } catch (IllegalArgumentException wrong) {
            String reason = FailureText.of(wrong);
            violations.add(
                    fields.shown(name), reason.startsWith(name + " ") ? reason.substring(name.length() + 1) : reason);
            return Optional.empty();
        }
    }

    private Optional<MessageState> state(String name) {
        try {
            return Optional.of(MessageState.valueOf(name.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            violations.add(fields.shown("state"), "must be one of " + List.of(MessageState.values()));
            return Optional.empty();
        }
    }

    private Optional<Channel> channel(String name) {
        try {
            return Optional.of(new Channel(name));
        } catch (IllegalArgumentException wrong) {
            violations.add(fields.shown("channel"), "must be the name of a channel, such as sms");
            return Optional.empty();
        }
    }

    private Optional<Instant> time(String name) {
        Optional<String> text = fields.text(name);
        Optional<Instant> time = text.flatMap(TimeText::instant);
        violations.check(
                text.isEmpty() || time.isPresent(),
                fields.shown(name),
                "is not a time with an offset, such as 2026-11-21T09:30:00Z");
        return time;
    }
}

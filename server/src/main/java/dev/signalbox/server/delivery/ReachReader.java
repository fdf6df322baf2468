package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.router.MessageId;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.Channels;
import dev.signalbox.server.node.MessagePreparation;
import dev.signalbox.server.rest.Fields;
import dev.signalbox.server.rest.IdempotencyKey;
import dev.signalbox.server.rest.InvalidMessageException;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violations;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Makes a {@link Reach} of what a caller wrote, or tells everything that is wrong with it. Thread-safe. */
final class ReachReader {
    private static final int LONGEST_BODY = 64 * 1024;
    private static final int MOST_HEADERS = 32;
    private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
    private static final int LONGEST_HEADER = 1024;
    private static final int LONGEST_DEDUPE_KEY = 200;
    private static final Duration LONGEST_LIFE = Duration.ofDays(365);
    private static final Set<String> STEP_FIELDS = Set.of("to", "within");
    private static final Set<String> FIELDS = Set.of(
            "to",
            "reach",
            "body",
            "headers",
            "dedupeKey",
            "priority",
            "at",
            "expiresAt",
            "expiresIn",
            "maxAttempts",
            "traceparent",
            "dedupeWindow",
            "tags",
            "metadata",
            "timeZone",
            "quietHours",
            "id");

    private final Channels channels;
    private final StepReader steps;
    private final int maxAttempts;
    private final InstantSource clock;
    private final MessagePreparation preparation;
    private final Optional<String> traceparent;

    /** @param maxAttempts of messages that do not say */
    ReachReader(Channels channels, int maxAttempts, InstantSource clock, MessagePreparation preparation) {
        this(channels, maxAttempts, clock, preparation, Optional.empty());
    }

    private ReachReader(
            Channels channels,
            int maxAttempts,
            InstantSource clock,
            MessagePreparation preparation,
            Optional<String> traceparent) {
        this.preparation = preparation;
        this.traceparent = traceparent;
        this.channels = channels;
        this.steps = new StepReader(channels);
        this.maxAttempts = maxAttempts;
        this.clock = clock;
    }

    /**
     * For one request: messages that do not say so themselves belong to its trace.
     *
     * @param header {@code traceparent} of the request; one that cannot be read counts as none, as W3C Trace Context has it
     */
    ReachReader within(Optional<String> header) {
        return new ReachReader(channels, maxAttempts, clock, preparation, header.filter(Reach::isTraceparent));
    }

    Reach read(JsonNode message) throws InvalidMessageException {
        var violations = new Violations();
        violations.check(message.isObject(), "", "a message must be a JSON object");
        violations.throwIfAny();
        var fields = new JsonFields(preparation.prepare(message, violations), "", violations);
        fields.refuseUnknown(FIELDS);
        Labels labels = new LabelsReader(fields).read();
        return reach(fields, steps(fields, violations), headers(fields, violations), labels, violations);
    }

    Reach read(CsvRow row) throws InvalidMessageException {
        var violations = new Violations();
        var fields = row.fields(violations);
        return reach(fields, chain(fields, violations), Map.of(), Labels.NONE, violations);
    }

    private Reach reach(
            Fields fields, List<Step> chain, Map<String, String> headers, Labels labels, Violations violations)
            throws InvalidMessageException {
        Instant now = clock.instant();
        Optional<Instant> at = instant(fields, "at", violations);
        Optional<Instant> expiresAt = expiry(fields, now, violations);
        expiresAt.ifPresent(end -> violations.check(
                end.isAfter(at.orElse(now)),
                fields.shown("expiresAt"),
                "must be later than " + at.map(t -> "at").orElse("now")));
        String body = body(fields, violations);
        refuseBody(fields, chain, body, violations);
        channels.refusal(chain, headers).ifPresent(reason -> violations.add(fields.shown("to"), reason));
        Reach.Builder reach = Reach.to(chain)
                .id(id(fields, violations))
                .body(body)
                .headers(headers)
                .labels(labels)
                .recipientTime(recipientTime(fields, violations))
                .priority(number(fields, "priority", 0, 9, violations).orElse(Reach.DEFAULT_PRIORITY))
                .maxAttempts(number(fields, "maxAttempts", 1, 100, violations).orElseGet(() -> attempts(chain)));
        dedupeKey(fields, violations).ifPresent(reach::dedupeKey);
        dedupeWindow(fields, violations).ifPresent(reach::dedupeWindow);
        traceparent(fields, violations).ifPresent(reach::traceparent);
        at.ifPresent(reach::at);
        expiresAt.ifPresent(reach::expiresAt);
        violations.throwIfAny();
        return built(reach, violations);
    }

    /** Where every channel has a schedule of its own, as many as the longest of them is made for. */
    private int attempts(List<Step> chain) {
        IntSummaryStatistics waits = chain.stream()
                .mapToInt(
                        step -> channels.get(step.channel()).sender().schedule().size())
                .summaryStatistics();
        return waits.getCount() > 0 && waits.getMin() > 0 ? waits.getMax() + 1 : maxAttempts;
    }

    /** A body that one of its channels can never send is refused now. */
    private void refuseBody(Fields fields, List<Step> chain, String body, Violations violations) {
        chain.stream()
                .map(Step::channel)
                .distinct()
                .forEach(channel -> channels.get(channel)
                        .refusal(body)
                        .ifPresent(reason -> violations.add(fields.shown("body"), reason)));
    }

    /** The queue's own limits have the last word, such as on characters that no database keeps. */
    private static Reach built(Reach.Builder reach, Violations violations) throws InvalidMessageException {
        try {
            return reach.build();
        } catch (IllegalArgumentException refused) {
            violations.add("", FailureText.of(refused));
            throw violations.thrown();
        }
    }

    private List<Step> steps(JsonFields fields, Violations violations) {
        violations.check(!fields.has("to") || !fields.has("reach"), "reach", "give either 'to' or 'reach', not both");
        return fields.has("reach") ? reach(fields, violations) : chain(fields, violations);
    }

    private List<Step> chain(Fields fields, Violations violations) {
        violations.check(fields.has("to"), "to", "is required: the recipient, such as sms:+61491570006");
        return fields.text("to")
                .filter(to -> !to.isEmpty())
                .map(to -> steps.chain(fields.shown("to"), to, violations))
                .orElse(List.of());
    }

    private List<Step> reach(JsonFields fields, Violations violations) {
        List<JsonNode> nodes =
                fields.array("reach").map(array -> List.copyOf(array.values())).orElse(List.of());
        violations.check(
                !nodes.isEmpty() && nodes.size() <= StepReader.MOST_STEPS,
                "reach",
                "must hold 1 to " + StepReader.MOST_STEPS + " steps");
        var chain = new ArrayList<Step>();
        for (int i = 0; i < Math.min(nodes.size(), StepReader.MOST_STEPS); i++) {
            step("reach[" + i + "]", nodes.get(i), violations).ifPresent(chain::add);
        }
        return chain;
    }

    private Optional<Step> step(String field, JsonNode node, Violations violations) {
        if (!node.isObject()) {
            violations.add(field, "must be an object such as {\"to\":\"client:alice\",\"within\":\"5s\"}");
            return Optional.empty();
        }
        var fields = new JsonFields(node, field + ".", violations);
        fields.refuseUnknown(STEP_FIELDS);
        Optional<String> to = fields.text("to");
        violations.check(fields.has("to"), field + ".to", "is needed");
        return to.filter(address -> !address.isEmpty())
                .flatMap(address -> steps.step(field + ".to", address, fields.text("within"), violations));
    }

    private static Map<String, String> headers(JsonFields fields, Violations violations) {
        var headers = new LinkedHashMap<String, String>();
        fields.object("headers").ifPresent(object -> {
            var named = new JsonFields(object, "headers.", violations);
            violations.check(object.size() <= MOST_HEADERS, "headers", "are more than " + MOST_HEADERS);
            object.propertyNames().stream()
                    .limit(MOST_HEADERS)
                    .forEach(name -> header(named, name, violations).ifPresent(value -> headers.put(name, value)));
        });
        return headers;
    }

    private static Optional<String> header(JsonFields headers, String name, Violations violations) {
        Optional<String> value = headers.text(name);
        violations.check(
                HEADER_NAME.matcher(name).matches(),
                headers.shown(shortened(name)),
                "must have a name of 1 to 64 letters, digits and !#$%&'*+-.^_`|~");
        violations.check(
                value.filter(text -> text.length() > LONGEST_HEADER).isEmpty(),
                headers.shown(shortened(name)),
                "is longer than " + LONGEST_HEADER + " characters");
        violations.check(
                value.filter(text -> text.chars().anyMatch(Character::isISOControl))
                        .isEmpty(),
                headers.shown(shortened(name)),
                "holds a control character, such as a line break; remove it");
        return value;
    }

    /** A name that is refused is told without what could harm a log or a terminal. */
    private static String shortened(String name) {
        String printable = name.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 64 ? printable : printable.substring(0, 64) + "…";
    }

    private static String body(Fields fields, Violations violations) {
        String body = fields.text("body").orElse("");
        violations.check(fields.has("body"), "body", "is required: the text to deliver");
        violations.check(
                body.getBytes(StandardCharsets.UTF_8).length <= LONGEST_BODY, "body", "is longer than 64 KiB in UTF-8");
        return body;
    }

    private static Optional<String> dedupeKey(Fields fields, Violations violations) {
        Optional<String> key = fields.text("dedupeKey");
        violations.check(
                key.map(String::length)
                        .filter(length -> length < 1 || length > LONGEST_DEDUPE_KEY)
                        .isEmpty(),
                fields.shown("dedupeKey"),
                "must have 1 to " + LONGEST_DEDUPE_KEY + " characters");
        violations.check(
                key.filter(text -> text.startsWith(IdempotencyKey.NAMESPACE)).isEmpty(),
                fields.shown("dedupeKey"),
                "must not begin with '" + IdempotencyKey.NAMESPACE
                        + "': such keys belong to requests with the header Idempotency-Key");
        return key;
    }

    private static Optional<Duration> dedupeWindow(Fields fields, Violations violations) {
        Optional<String> text = fields.text("dedupeWindow");
        Optional<Duration> window =
                text.flatMap(TimeText::duration).filter(time -> time.isPositive() && time.compareTo(LONGEST_LIFE) <= 0);
        violations.check(
                text.isEmpty() || window.isPresent(),
                fields.shown("dedupeWindow"),
                "is not a time of 1ms to 365d, such as 30m or 1h");
        violations.check(text.isEmpty() || fields.has("dedupeKey"), fields.shown("dedupeWindow"), "needs a dedupeKey");
        return fields.has("dedupeKey") ? window : Optional.empty();
    }

    private static RecipientTime recipientTime(Fields fields, Violations violations) {
        Optional<ZoneId> zone = value(fields, "timeZone", RecipientTime::zone, violations);
        Optional<QuietHours> hours = value(fields, "quietHours", QuietHours::parse, violations);
        violations.check(
                !fields.has("quietHours") || fields.has("timeZone"), fields.shown("quietHours"), "needs a timeZone");
        RecipientTime time = zone.map(RecipientTime::in).orElse(RecipientTime.UNKNOWN);
        return zone.isPresent() && hours.isPresent() ? time.withQuietHours(hours.get()) : time;
    }

    private static <T> Optional<T> value(
            Fields fields, String name, Function<String, T> reader, Violations violations) {
        try {
            return fields.text(name).map(reader);
        } catch (IllegalArgumentException wrong) {
            violations.add(fields.shown(name), FailureText.of(wrong));
            return Optional.empty();
        }
    }

    private Optional<String> traceparent(Fields fields, Violations violations) {
        Optional<String> own = fields.text("traceparent");
        violations.check(
                own.filter(text -> !Reach.isTraceparent(text)).isEmpty(),
                fields.shown("traceparent"),
                "is not one of W3C Trace Context, such as 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        return own.filter(Reach::isTraceparent).or(() -> traceparent);
    }

    private static Optional<Integer> number(Fields fields, String name, int least, int most, Violations violations) {
        Optional<Integer> number = fields.integer(name);
        violations.check(
                number.filter(value -> value < least || value > most).isEmpty(),
                fields.shown(name),
                "must be " + least + " to " + most);
        return number;
    }

    private static Optional<Instant> instant(Fields fields, String name, Violations violations) {
        Optional<String> text = fields.text(name);
        Optional<Instant> instant = text.flatMap(TimeText::instant);
        violations.check(
                text.isEmpty() || instant.isPresent(),
                fields.shown(name),
                "is not a time with an offset, such as 2026-11-21T09:30:00Z");
        return instant;
    }

    private static Optional<Instant> expiry(Fields fields, Instant now, Violations violations) {
        Optional<Instant> at = instant(fields, "expiresAt", violations);
        Optional<String> text = fields.text("expiresIn");
        Optional<Duration> in =
                text.flatMap(TimeText::duration).filter(life -> life.isPositive() && life.compareTo(LONGEST_LIFE) <= 0);
        violations.check(
                text.isEmpty() || in.isPresent(),
                fields.shown("expiresIn"),
                "is not a time of 1ms to 365d, such as 30m or 1h");
        violations.check(
                at.isEmpty() || text.isEmpty(),
                fields.shown("expiresIn"),
                "give either 'expiresAt' or 'expiresIn', not both");
        return at.or(() -> in.map(now::plus));
    }

    private static UUID id(Fields fields, Violations violations) {
        Optional<String> text = fields.text("id");
        Optional<UUID> id = text.flatMap(UuidText::parse);
        violations.check(text.isEmpty() || id.isPresent(), fields.shown("id"), "is not a UUID");
        return id.orElseGet(MessageId::next);
    }
}

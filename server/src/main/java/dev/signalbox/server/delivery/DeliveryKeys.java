package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.QuietTimes;
import dev.signalbox.delivery.queue.Rate;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.router.Address;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import dev.signalbox.server.configuration.SeedVariable;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the queue, its dispatcher and the live channel. */
final class DeliveryKeys {
    private static final Kind<Rate> RATE = new Kind<>(
            "a number from 1 to 1000000, a slash, and a duration from 1ms to 31d, such as 10/1s", DeliveryKeys::rate);

    private static final Kind<QuietTimes.Usual> QUIET =
            new Kind<>("hours and a time zone, such as 22:00-07:00 Europe/Berlin", DeliveryKeys::quiet);

    private static final Kind<List<String>> CATEGORIES =
            new Kind<>("categories such as transactional alarm, with blanks in between", DeliveryKeys::words);

    private static final Kind<List<String>> NAMES = new Kind<>(
            "names of 1 to 64 letters, digits and ._- with blanks in between, such as orders",
            DeliveryKeys::logicNames);

    static final Key<Duration> LEASE = Key.of(
            "delivery.lease",
            Kind.duration("1s", "1h"),
            "20s",
            "How long a node keeps its messages without renewing the lease; then another node takes them over.");
    static final Key<Duration> POLL = Key.of(
            "delivery.poll-interval",
            Kind.duration("10ms", "1m"),
            "1s",
            "How often to poll for due messages, in case a notification was lost.");
    static final Key<Boolean> JOURNAL = Key.of(
            "delivery.journal.enabled",
            Kind.truth(),
            "true",
            "Whether the file `attempts.journal` in the data folder says what was with a sender when the server was killed."
                    + " Without it, everything that the server held then is in doubt.");
    static final Key<Integer> ATTEMPTS = Key.of(
            "delivery.max-attempts",
            Kind.whole(1, 100),
            "10",
            "Attempts of each step, for messages that do not set their own number.");
    static final Key<Duration> RETRY_BASE =
            Key.of("delivery.retry.base", Kind.duration("1ms", "7d"), "2s", "The wait after the first failed attempt.");
    static final Key<Double> RETRY_FACTOR = Key.of(
            "delivery.retry.factor",
            Kind.decimal(1, 10),
            "2",
            "The factor by which each wait is longer than the one before.");
    static final Key<Duration> RETRY_MAX =
            Key.of("delivery.retry.max", Kind.duration("1ms", "7d"), "10m", "The longest wait; at least the base.");
    static final Key<Double> RETRY_JITTER =
            Key.of("delivery.retry.jitter", Kind.decimal(0, 1), "0.2", "The part of each wait that is random.");
    static final Key<Integer> LIVE_CONCURRENCY = Key.of(
            "delivery.live.concurrency",
            Kind.whole(1, 100_000),
            "1000",
            "Live deliveries that may wait for a client's acknowledgement at a time.");
    static final Key<Duration> LIVE_TIMEOUT = Key.of(
            "delivery.live.timeout",
            Kind.duration("10ms", "10m"),
            "5s",
            "How long one live attempt waits for the acknowledgement.");

    static final Key<List<String>> LOGIC_NAMES = Key.optional(
            "delivery.logic.names",
            NAMES,
            "Logic that messages may be sent to as `logic:NAME`, such as the callback of a batch. A message counts as sent once the"
                    + " logic has replied, whatever it replies. Without this, the channel `logic` does not exist.");
    static final Key<Duration> LOGIC_TIMEOUT = Key.of(
            "delivery.logic.timeout",
            Kind.duration("10ms", "10m"),
            "10s",
            "How long one attempt waits for the reply of a logic.");

    static final Key<Duration> RETENTION_SENT = Key.optional(
            "delivery.retention.sent",
            Kind.duration("1m", "3650d"),
            "How long messages are kept after they were sent, with their history and dedupe key. Without it, for ever.");
    static final Key<Duration> RETENTION_UNSENT = Key.optional(
            "delivery.retention.unsent",
            Kind.duration("1m", "3650d"),
            "The same for those that are dead, rejected, expired or cancelled. What is UNKNOWN stays until it is resolved.");
    static final Key<Boolean> MESSAGES_TABLE = Key.of(
            "delivery.messages-table.enabled",
            Kind.truth(),
            "false",
            "Whether rows that any program inserts into the table `messages`, with the columns of go-message-dispatcher, are sent"
                    + " as SMS; `sent` turns true then. The table is made if it is missing.");
    static final Key<Integer> BREAKER = Key.of(
            "delivery.breaker.failures",
            Kind.whole(0, 10_000),
            "10",
            "So many failures in a row of a channel's provider pause the channel on this node: for 5s, then for twice as long, up to"
                    + " 5m, and one message tries in between. 0 for never. For SMS; webhooks have a breaker for each endpoint.");
    static final Key<Integer> PACE_MESSAGES = Key.of(
            "delivery.pace.messages",
            Kind.whole(1, 1_000_000),
            "2",
            "The paced mode: so many messages in each `delivery.pace.interval`, by all nodes and channels together, but not those to"
                    + " connected clients, topics and logic. Without this and the interval, messages are sent as they become due.");
    static final Key<Duration> PACE_INTERVAL = Key.of(
            "delivery.pace.interval",
            Kind.duration("1ms", "31d"),
            "2m",
            "The interval of the paced mode. It begins with its first message.");
    static final Key<Rate> RATES = Key.optional(
            "delivery.rates.NAME",
            RATE,
            "At most so many messages of a channel in each interval, by all nodes together; NAME is the channel.");
    static final Key<Rate> RECIPIENT_RATES = Key.optional(
            "delivery.recipient-rates.NAME",
            RATE,
            "At most so many messages to one address of a channel in each interval; the others wait. NAME is the channel.");
    static final Key<Integer> CLUSTER_CONCURRENCY = Key.optional(
            "delivery.cluster-concurrency.NAME",
            Kind.whole(1, 1_000_000),
            "Attempts of a channel that may be under way at a time, on all nodes together; NAME is the channel.");

    static final Key<QuietTimes.Usual> QUIET_HOURS = Key.optional(
            "delivery.quiet-hours.NAME",
            QUIET,
            "Hours in which no message of a channel is sent, by the clock of its recipient: the message's `timeZone`, or else the"
                    + " zone given here. NAME is the channel; `client` has none. A message's own `quietHours` take their place.");
    static final Key<List<String>> QUIET_EXEMPT = Key.of(
            "delivery.quiet-hours-exempt",
            CATEGORIES,
            "transactional",
            "Categories of messages (their header category) that come at any hour all the same, with blanks in between.");

    static final List<Key<?>> ALL = List.of(
            LEASE,
            POLL,
            JOURNAL,
            ATTEMPTS,
            RETRY_BASE,
            RETRY_FACTOR,
            RETRY_MAX,
            RETRY_JITTER,
            RETENTION_SENT,
            RETENTION_UNSENT,
            MESSAGES_TABLE,
            BREAKER,
            PACE_MESSAGES,
            PACE_INTERVAL,
            RATES,
            RECIPIENT_RATES,
            CLUSTER_CONCURRENCY,
            QUIET_HOURS,
            QUIET_EXEMPT,
            LIVE_CONCURRENCY,
            LIVE_TIMEOUT,
            LOGIC_NAMES,
            LOGIC_TIMEOUT);

    /** What go-message-dispatcher called its batches and their interval. */
    static final List<SeedVariable> VARIABLES = List.of(
            SeedVariable.sets("BATCH_SIZE", PACE_MESSAGES, "2"),
            SeedVariable.sets("PROCESSING_INTERVAL", PACE_INTERVAL, "2m"));

    private static Rate rate(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException();
        }
        return new Rate(Integer.parseInt(parts[0].strip()), DurationText.parse(parts[1].strip()));
    }

    private static List<String> words(String text) {
        return Pattern.compile("\\s+")
                .splitAsStream(text.strip())
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static List<String> logicNames(String text) {
        List<String> names = words(text);
        if (names.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return names.stream().map(name -> Address.logic(name).name()).toList();
    }

    private static QuietTimes.Usual quiet(String text) {
        String[] parts = text.strip().split("\\s+", -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException();
        }
        return new QuietTimes.Usual(QuietHours.parse(parts[0]), RecipientTime.zone(parts[1]));
    }

    private DeliveryKeys() {}
}

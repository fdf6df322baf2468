package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One step of a reach, claimed and about to be attempted by a {@link Sender}.
 *
 * @param id the reach's id
 * @param step the index of the step in the chain, from 0
 * @param attempt counts over the whole life of the reach, from 1
 * @param remaining how long the sender may take; never longer than the lease allows
 * @param keyVersion how often an operator has asked for a new idempotency key, from 0
 * @param traceparent the caller's place in a distributed trace, as W3C Trace Context writes it; a sender passes it on where its
 *     protocol has a place for it
 * @param permit what {@link #mayBegin} asks
 */
public record Delivery(
        UUID id,
        int step,
        int attempt,
        Channel channel,
        String address,
        String body,
        Map<String, String> headers,
        Duration remaining,
        int keyVersion,
        Optional<String> traceparent,
        BooleanSupplier permit) {

    /** One that may always begin and has its first key; for tests of senders. */
    public Delivery(
            UUID id,
            int step,
            int attempt,
            Channel channel,
            String address,
            String body,
            Map<String, String> headers,
            Duration remaining) {
        this(id, step, attempt, channel, address, body, headers, remaining, 0, Optional.empty(), () -> true);
    }

    /** The same delivery with another permit. */
    public Delivery withPermit(BooleanSupplier newPermit) {
        return new Delivery(
                id, step, attempt, channel, address, body, headers, remaining, keyVersion, traceparent, newPermit);
    }

    /** The same delivery with other headers. */
    public Delivery withHeaders(Map<String, String> others) {
        return new Delivery(
                id, step, attempt, channel, address, body, others, remaining, keyVersion, traceparent, permit);
    }

    /** The same delivery with another time. */
    public Delivery withRemaining(Duration time) {
        return new Delivery(id, step, attempt, channel, address, body, headers, time, keyVersion, traceparent, permit);
    }

    /** The same delivery with a place in a trace. */
    public Delivery withTraceparent(String trace) {
        return new Delivery(
                id, step, attempt, channel, address, body, headers, remaining, keyVersion, Optional.of(trace), permit);
    }

    /**
     * Whether the attempt may still begin. A sender asks immediately before it writes the first byte that can have an effect,
     * so after it has a connection. The process may have been frozen since the attempt was handed out, for longer than its
     * lease; another node has sent the message then.
     *
     * <p>If false, the sender writes nothing and answers {@link SendResult.NotSent}; that costs the message no attempt.
     */
    public boolean mayBegin() {
        return permit.getAsBoolean();
    }

    /** Makes the attempt if it {@linkplain #mayBegin may still begin}; for senders that need no connection first. */
    public SendResult begin(Supplier<SendResult> attempt) {
        return mayBegin()
                ? attempt.get()
                : new SendResult.NotSent("its lease ran out before it began", Optional.empty());
    }

    /** The value of a header, whose name is in any case. */
    public Optional<String> header(String name) {
        return headers.entrySet().stream()
                .filter(header -> header.getKey().equalsIgnoreCase(name))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /**
     * The same for every attempt of this step, so that a provider can recognise a repeat, until an operator asks for a new one:
     * then {@code .r1} is added, {@code .r2} for the next.
     */
    public String idempotencyKey() {
        String key = step == 0 ? id.toString() : id + "." + step;
        return keyVersion == 0 ? key : key + ".r" + keyVersion;
    }
}

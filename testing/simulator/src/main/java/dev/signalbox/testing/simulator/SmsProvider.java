package dev.signalbox.testing.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** What {@code POST /send} means, without the network. Thread-safe; nothing in it blocks but the ledger's short lock. */
final class SmsProvider {
    private static final int LONGEST_KEY = 255;
    private static final ObjectReader REQUESTS = JsonMapper.builder().build().readerFor(Message.class);

    private record Message(
            @JsonProperty("phone_number") @Nullable String phoneNumber,
            @Nullable String content) {}

    private final byte[] authorization;
    private final Ledger ledger;
    private final Supplier<Behaviour> behaviour;
    private final AtomicLong requests = new AtomicLong();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();

    SmsProvider(String token, Ledger ledger, Supplier<Behaviour> behaviour) {
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.ledger = ledger;
        this.behaviour = behaviour;
    }

    /** What the next request meets. */
    Draw draw() {
        return new Draw(behaviour.get(), requests.incrementAndGet());
    }

    /** Takes a request, after its latency. */
    Reply send(Draw draw, @Nullable String authorization, @Nullable String key, byte[] body) {
        var fault = draw.fault();
        if (!authorized(authorization)) {
            return reject(401, "the token is wrong");
        }
        if (fault.isPresent() && refusesToWork(fault.get())) {
            return fail(fault.get(), draw.behaviour());
        }
        return take(parse(body), Optional.ofNullable(key), draw.behaviour(), fault);
    }

    private Reply take(Message message, Optional<String> key, Behaviour behaviour, Optional<Fault> fault) {
        var phone = message.phoneNumber();
        var content = message.content();
        if (phone == null || phone.isBlank() || content == null || content.isBlank()) {
            return reject(400, "phone_number and content are required");
        }
        if (key.isPresent() && key.get().length() > LONGEST_KEY) {
            return reject(400, "the Idempotency-Key is longer than " + LONGEST_KEY);
        }
        if (behaviour.refused().contains(phone)) {
            return reject(422, "the number is refused");
        }
        return answer(ledger.take(key, phone, content), fault);
    }

    private Reply answer(Ledger.Entry entry, Optional<Fault> fault) {
        if (entry instanceof Ledger.Entry.Conflict) {
            return reject(422, "the Idempotency-Key belongs to another message");
        }
        return fault.isPresent()
                ? spoil(fault.get())
                : Reply.Answer.ok("{\"message\":\"Accepted\",\"messageId\":\"" + entry.messageId() + "\"}");
    }

    private Reply spoil(Fault fault) {
        unanswered.increment();
        return switch (fault) {
            case HANG -> new Reply.Hang();
            case RUBBISH -> Reply.Answer.ok("<html>503, but the load balancer says 200");
            case CUT, SERVER_ERROR, TOO_MANY -> new Reply.Cut();
        };
    }

    private static boolean refusesToWork(Fault fault) {
        return fault == Fault.SERVER_ERROR || fault == Fault.TOO_MANY;
    }

    private Reply fail(Fault fault, Behaviour behaviour) {
        failed.increment();
        var error = Reply.Answer.error(fault == Fault.TOO_MANY ? 429 : 500, "simulated " + fault);
        return fault == Fault.TOO_MANY
                ? new Reply.Answer(
                        error.status(),
                        error.body(),
                        OptionalLong.of(behaviour.retryAfter().toSeconds()))
                : error;
    }

    private Reply reject(int status, String why) {
        rejected.increment();
        return Reply.Answer.error(status, why);
    }

    private boolean authorized(@Nullable String given) {
        return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
    }

    /** What cannot be read has no fields, and is refused for that. */
    private static Message parse(byte[] body) {
        try {
            Message message = REQUESTS.readValue(body);
            return message == null ? new Message(null, null) : message;
        } catch (JacksonException unreadable) {
            return new Message(null, null);
        }
    }

    SmsStats stats() {
        var taken = ledger.taken();
        return new SmsStats(
                requests.get(),
                taken.accepted(),
                taken.byKey(),
                taken.byContent(),
                rejected.sum(),
                taken.conflicts(),
                failed.sum(),
                unanswered.sum(),
                taken.forgotten());
    }

    void reset() {
        requests.set(0);
        rejected.reset();
        failed.reset();
        unanswered.reset();
        ledger.clear();
    }
}

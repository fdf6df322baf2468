package dev.signalbox.testing.simulator;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The provider's own route, {@code POST /send}. It must not be what a benchmark measures, so there is no allocation
 * beyond the parsed request and the answer, and one short lock (the ledger's). Thread-safe.
 */
final class SmsProvider {
    /** The longest that a request is left without an answer; a client has given up long before. */
    private static final Duration HANG = Duration.ofMinutes(2);

    private static final int LONGEST_KEY = 255;
    private static final HeaderName KEY = HeaderNames.create("Idempotency-Key");
    private static final Header JSON = HeaderValues.CONTENT_TYPE_JSON;
    private static final ObjectReader REQUESTS = JsonMapper.builder().build().readerFor(SendRequest.class);

    private record SendRequest(
            @JsonProperty("phone_number") @Nullable String phoneNumber,
            @Nullable String content) {}

    private final byte[] authorization;
    private final Ledger ledger;
    private final Supplier<Behaviour> behaviour;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicLong requests = new AtomicLong();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();

    SmsProvider(String token, Ledger ledger, Supplier<Behaviour> behaviour) {
        this.authorization = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.ledger = ledger;
        this.behaviour = behaviour;
    }

    void send(ServerRequest request, ServerResponse response) throws InterruptedException {
        var draw = new Draw(behaviour.get(), requests.incrementAndGet());
        byte[] body = request.content().as(byte[].class);
        pause(draw.latency());
        var fault = draw.fault();
        if (!authorized(request)) {
            reject(response, Status.UNAUTHORIZED_401, "the token is wrong");
        } else if (fault.isPresent() && refusesToWork(fault.get())) {
            fail(response, fault.get(), draw.behaviour());
        } else {
            take(request, response, parse(body), draw.behaviour(), fault);
        }
    }

    private void take(
            ServerRequest request,
            ServerResponse response,
            SendRequest message,
            Behaviour behaviour,
            Optional<Fault> fault)
            throws InterruptedException {
        var phone = message.phoneNumber();
        var content = message.content();
        var key = request.headers().first(KEY);
        if (phone == null || phone.isBlank() || content == null || content.isBlank()) {
            reject(response, Status.BAD_REQUEST_400, "phone_number and content are required");
        } else if (key.isPresent() && key.get().length() > LONGEST_KEY) {
            reject(response, Status.BAD_REQUEST_400, "the Idempotency-Key is longer than " + LONGEST_KEY);
        } else if (behaviour.refused().contains(phone)) {
            reject(response, Status.UNPROCESSABLE_CONTENT_422, "the number is refused");
        } else {
            answer(response, ledger.take(key, phone, content), fault);
        }
    }

    private void answer(ServerResponse response, Ledger.Entry entry, Optional<Fault> fault)
            throws InterruptedException {
        if (entry instanceof Ledger.Entry.Conflict) {
            reject(response, Status.UNPROCESSABLE_CONTENT_422, "the Idempotency-Key belongs to another message");
        } else if (fault.isPresent()) {
            fallSilent(response, fault.get());
        } else {
            response.header(JSON).send(ascii("{\"message\":\"Accepted\",\"messageId\":\"" + entry.messageId() + "\"}"));
        }
    }

    private void fallSilent(ServerResponse response, Fault fault) throws InterruptedException {
        unanswered.increment();
        if (fault == Fault.RUBBISH) {
            response.header(JSON).send(ascii("<html>503 but the load balancer says 200"));
            return;
        }
        if (fault == Fault.HANG) {
            pause(HANG);
        }
        throw new CloseConnectionException("simulated: " + fault);
    }

    private static boolean refusesToWork(Fault fault) {
        return fault == Fault.SERVER_ERROR || fault == Fault.TOO_MANY;
    }

    private void fail(ServerResponse response, Fault fault, Behaviour behaviour) {
        failed.increment();
        if (fault == Fault.TOO_MANY) {
            response.status(Status.TOO_MANY_REQUESTS_429)
                    .header(
                            HeaderNames.RETRY_AFTER,
                            Long.toString(behaviour.retryAfter().toSeconds()));
        } else {
            response.status(Status.INTERNAL_SERVER_ERROR_500);
        }
        response.header(JSON).send(ascii("{\"error\":\"simulated " + fault + "\"}"));
    }

    private void reject(ServerResponse response, Status status, String why) {
        rejected.increment();
        response.status(status).header(JSON).send(ascii("{\"error\":\"" + why + "\"}"));
    }

    private boolean authorized(ServerRequest request) {
        var given = request.headers().first(HeaderNames.AUTHORIZATION).orElse("");
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), authorization);
    }

    /** What cannot be read has no fields, and is refused for that. */
    private static SendRequest parse(byte[] body) {
        try {
            SendRequest request = REQUESTS.readValue(body);
            return request == null ? new SendRequest(null, null) : request;
        } catch (JacksonException unreadable) {
            return new SendRequest(null, null);
        }
    }

    /** Waits, but not past the simulator's end. */
    private void pause(Duration time) throws InterruptedException {
        if (time.isPositive() && closing.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new CloseConnectionException("the simulator is closing");
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

    void close() {
        closing.countDown();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

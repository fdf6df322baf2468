package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsApi.Asked;
import dev.signalbox.testing.simulator.SmsApi.Refusal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** What a request to send a message means, without the network. Thread-safe; nothing in it blocks but the ledger's short lock. */
final class SmsProvider {
    static final int LONGEST_KEY = 255;
    private static final List<SmsApi> APIS = List.of(new SmsGenericApi(), new SmsTwilioApi(), new SmsVonageApi());

    private final byte[] token;
    private final Ledger ledger;
    private final Supplier<Behaviour> behaviour;
    private final AtomicLong requests = new AtomicLong();
    private final LongAdder rejected = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder unanswered = new LongAdder();

    SmsProvider(String token, Ledger ledger, Supplier<Behaviour> behaviour) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
        this.ledger = ledger;
        this.behaviour = behaviour;
    }

    /** What the next request meets. */
    Draw draw() {
        return new Draw(behaviour.get(), requests.incrementAndGet());
    }

    /** The API that takes messages at a path; empty if none does. */
    static Optional<SmsApi> api(String path) {
        return APIS.stream().filter(api -> api.takes(path)).findFirst();
    }

    /** Takes a request, after its latency. */
    Reply send(Draw draw, SmsApi api, SmsApi.Request request) {
        var fault = draw.fault();
        var asked = api.read(request);
        if (!authorized(asked.token())) {
            return reject(api, asked, Refusal.UNAUTHORIZED);
        }
        if (fault.isPresent() && refusesToWork(fault.get())) {
            return fail(api, asked, fault.get(), draw.behaviour());
        }
        return take(api, asked, draw.behaviour(), fault);
    }

    private Reply take(SmsApi api, Asked asked, Behaviour behaviour, Optional<Fault> fault) {
        if (asked.phone().isBlank() || asked.text().isBlank()) {
            return reject(api, asked, Refusal.INCOMPLETE);
        }
        if (asked.key().isPresent() && asked.key().get().length() > LONGEST_KEY) {
            return reject(api, asked, Refusal.KEY_TOO_LONG);
        }
        if (behaviour.refused().contains(asked.phone())) {
            return reject(api, asked, Refusal.REFUSED_NUMBER);
        }
        return answer(api, asked, ledger.take(asked.key(), asked.phone(), asked.text()), fault);
    }

    private Reply answer(SmsApi api, Asked asked, Ledger.Entry entry, Optional<Fault> fault) {
        if (entry instanceof Ledger.Entry.Conflict) {
            return reject(api, asked, Refusal.KEY_CONFLICT);
        }
        return fault.isPresent() ? spoil(fault.get()) : api.accepted(asked, entry.messageId());
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

    private Reply fail(SmsApi api, Asked asked, Fault fault, Behaviour behaviour) {
        failed.increment();
        if (fault == Fault.SERVER_ERROR) {
            return api.refused(asked, Refusal.SERVER_ERROR);
        }
        var answer = api.refused(asked, Refusal.TOO_MANY);
        return new Reply.Answer(
                answer.status(),
                answer.body(),
                OptionalLong.of(behaviour.retryAfter().toSeconds()));
    }

    private Reply reject(SmsApi api, Asked asked, Refusal why) {
        rejected.increment();
        return api.refused(asked, why);
    }

    private boolean authorized(String given) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), token);
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

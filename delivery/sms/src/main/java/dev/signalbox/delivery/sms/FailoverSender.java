package dev.signalbox.delivery.sms;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.SendResult.Scope;
import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.http.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several providers of one channel, in the order in which they are asked. The next one is asked only if the one before certainly did
 * not send the message ({@link SendResult.NotSent}): doubt and refusals are final, since the person could get the message twice.
 *
 * <p>A provider that fails again and again is passed over until a trial succeeds. If all are, the first is asked all the same: that
 * the channel pauses is for its dispatcher to decide.
 *
 * <p>The names of the providers are in the results: in front of the provider's id of a message, and of each reason.
 *
 * <p>Thread-safe.
 */
public final class FailoverSender implements Sender {
    /**
     * One of the providers.
     *
     * @param name how histories, metrics and health call it: 1 to 32 lower-case letters, digits and hyphens
     */
    public record Provider(String name, Sender sender) {
        public Provider {
            if (!name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
                throw new IllegalArgumentException(
                        "provider name '" + name + "' is not 1 to 32 lower-case letters, digits and hyphens");
            }
        }
    }

    /**
     * Is told what providers do; called on the threads of attempts, so it must be fast and thread-safe. What it throws is logged, and
     * changes no result.
     */
    public interface Listener {
        /** A provider was asked, and its sender answered so. */
        void asked(String provider, SendResult result);

        /** A provider did not send a message, and the next one is asked. */
        void passedOn(String from, String to);
    }

    private record Member(String name, Sender sender, CircuitBreaker circuit) {}

    private static final Logger LOG = LoggerFactory.getLogger(FailoverSender.class);

    private final List<Member> members;
    private final Listener listener;
    private final LongSupplier nanos;

    private FailoverSender(List<Member> members, Listener listener, LongSupplier nanos) {
        this.members = members;
        this.listener = listener;
        this.nanos = nanos;
    }

    /**
     * A sender over these, which stay the caller's to close.
     *
     * @param providers at least two, of one channel, with different names
     * @param limits when a provider is passed over
     * @throws IllegalArgumentException if the providers are not as described
     */
    public static FailoverSender of(List<Provider> providers, CircuitBreaker.Limits limits, Listener listener) {
        return of(providers, limits, listener, System::nanoTime);
    }

    static FailoverSender of(
            List<Provider> providers, CircuitBreaker.Limits limits, Listener listener, LongSupplier nanos) {
        if (providers.size() < 2) {
            throw new IllegalArgumentException("providers are " + providers.size() + "; give at least 2");
        }
        Set<String> names = new HashSet<>();
        Channel channel = providers.getFirst().sender().channel();
        for (Provider provider : providers) {
            if (!names.add(provider.name())) {
                throw new IllegalArgumentException("two providers are called " + provider.name());
            }
            if (!provider.sender().channel().equals(channel)) {
                throw new IllegalArgumentException("provider " + provider.name() + " serves the channel "
                        + provider.sender().channel() + ", the first one " + channel);
            }
        }
        return new FailoverSender(
                providers.stream().map(each -> member(each, limits, nanos)).toList(), listener, nanos);
    }

    private static Member member(Provider provider, CircuitBreaker.Limits limits, LongSupplier nanos) {
        var circuit = new CircuitBreaker(limits, nanos, open -> told(provider.name(), open));
        return new Member(provider.name(), provider.sender(), circuit);
    }

    private static void told(String name, boolean open) {
        if (open) {
            LOG.warn("provider {} failed again and again, and is passed over for a while", name);
        } else {
            LOG.info("provider {} works again", name);
        }
    }

    @Override
    public SendResult send(Delivery delivery) throws InterruptedException {
        long deadline = nanos.getAsLong() + delivery.remaining().toNanos();
        List<NotSent> failures = new ArrayList<>();
        for (Member member : members) {
            Optional<CircuitBreaker.Permit> permit = member.circuit().enter();
            if (permit.isEmpty()) {
                continue;
            }
            if (!failures.isEmpty()) {
                String before = failures.getLast().provider();
                tell(() -> listener.passedOn(before, member.name()));
            }
            Beginning beginning = new Beginning(delivery);
            SendResult result = ask(member, permit.get(), delivery.withRemaining(left(deadline)), beginning);
            if (beginning.wasDenied() || !(result instanceof SendResult.NotSent notSent)) {
                return named(member, result);
            }
            failures.add(new NotSent(member.name(), notSent));
            if (left(deadline).isZero()) {
                break;
            }
        }
        return failures.isEmpty() ? askFirst(delivery) : summary(failures);
    }

    private record NotSent(String provider, SendResult.NotSent result) {}

    /** Whether a provider's sender asked to begin, and was denied. Thread-safe. */
    private static final class Beginning implements BooleanSupplier {
        private final Delivery delivery;
        private volatile boolean asked;
        private volatile boolean denied;

        Beginning(Delivery delivery) {
            this.delivery = delivery;
        }

        @Override
        public boolean getAsBoolean() {
            asked = true;
            boolean permitted = delivery.mayBegin();
            if (!permitted) {
                denied = true;
            }
            return permitted;
        }

        /** If so, the attempt must not begin anywhere, and that it did not is no provider's failure. */
        boolean wasDenied() {
            return denied;
        }

        /** Whether a result tells how the provider is. Its sender may refuse a message itself, before any request. */
        boolean tells(SendResult result) {
            return !denied && (asked || !(result instanceof SendResult.Rejected));
        }
    }

    private Duration left(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - nanos.getAsLong()));
    }

    /** What ended by an exception, such as an interrupt, shows nothing of the provider. */
    private SendResult ask(Member member, CircuitBreaker.Permit permit, Delivery delivery, Beginning beginning)
            throws InterruptedException {
        Runnable end = permit::abandoned;
        try {
            SendResult result = member.sender().send(delivery.withPermit(beginning));
            if (beginning.tells(result)) {
                end = isAnswer(result) ? permit::succeeded : permit::failed;
                tell(() -> listener.asked(member.name(), result));
            }
            return result;
        } finally {
            end.run();
        }
    }

    private static boolean isAnswer(SendResult result) {
        return result instanceof SendResult.Accepted || result instanceof SendResult.Rejected;
    }

    private SendResult askFirst(Delivery delivery) throws InterruptedException {
        Member first = members.getFirst();
        Beginning beginning = new Beginning(delivery);
        SendResult result = first.sender().send(delivery.withPermit(beginning));
        if (beginning.tells(result)) {
            tell(() -> listener.asked(first.name(), result));
        }
        return named(first, result);
    }

    /** An exception would make an attempt that is over count as one without an answer. */
    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.error("a listener of the providers failed", e);
        }
    }

    private static SendResult named(Member member, SendResult result) {
        String prefix = member.name() + ": ";
        return switch (result) {
            case SendResult.Accepted accepted ->
                new SendResult.Accepted(accepted.providerId().map(id -> member.name() + ":" + id));
            case SendResult.NotSent notSent ->
                new SendResult.NotSent(prefix + notSent.reason(), notSent.retryAfter(), notSent.scope());
            case SendResult.Rejected rejected -> new SendResult.Rejected(prefix + rejected.reason());
            case SendResult.Unknown unknown -> new SendResult.Unknown(prefix + unknown.reason());
        };
    }

    /** The shortest wish counts, and only if every account is refused, none of the other messages can be sent either. */
    private static SendResult summary(List<NotSent> failures) {
        List<String> reasons = failures.stream()
                .map(failure -> failure.provider() + ": " + failure.result().reason())
                .toList();
        Optional<Duration> wish = failures.stream()
                .map(failure -> failure.result().retryAfter().orElse(Duration.ZERO))
                .min(Duration::compareTo)
                .filter(Duration::isPositive);
        boolean allAccounts =
                failures.stream().allMatch(failure -> failure.result().scope() == Scope.ACCOUNT);
        return new SendResult.NotSent(String.join("; ", reasons), wish, allAccounts ? Scope.ACCOUNT : Scope.MESSAGE);
    }

    /** The names of the providers that are passed over now, in their order. */
    public List<String> passedOver() {
        return members.stream()
                .filter(member -> member.circuit().isOpen())
                .map(Member::name)
                .toList();
    }

    @Override
    public Channel channel() {
        return members.getFirst().sender().channel();
    }

    /** As long as all of them one after the other. */
    @Override
    public Duration timeout() {
        return members.stream().map(member -> member.sender().timeout()).reduce(Duration.ZERO, Duration::plus);
    }

    /** That of the one with the fewest attempts at a time, since all messages may come to it. */
    @Override
    public int concurrency() {
        return members.stream()
                .mapToInt(member -> member.sender().concurrency())
                .min()
                .orElseThrow();
    }

    /** None: a repeat may go to another provider, which does not know the key. */
    @Override
    public Duration keyLifetime() {
        return Duration.ZERO;
    }

    @Override
    public boolean leavesDoubt() {
        return members.stream().anyMatch(member -> member.sender().leavesDoubt());
    }

    /** Failures in a row are then those of every provider that is not passed over. */
    @Override
    public boolean sharesProvider() {
        return true;
    }
}

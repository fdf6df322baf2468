package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews a lease until it is closed or lost. Thread-safe. */
final class HeldLock implements LeaseLock {
    private static final Logger LOG = LoggerFactory.getLogger(HeldLock.class);

    private final Keeper keeper;
    private final Tenure tenure;
    private final LeaseOptions options;
    private final CompletableFuture<LossReason> ended = new CompletableFuture<>();
    private final Thread renewing;
    private final Thread deadline;

    HeldLock(Keeper keeper, Tenure tenure, LeaseOptions options) {
        this.keeper = keeper;
        this.tenure = tenure;
        this.options = options;
        this.renewing =
                Thread.ofVirtual().name("signalbox-lock-" + keeper.name()).start(this::renew);
        this.deadline = Thread.ofVirtual()
                .name("signalbox-lock-deadline-" + keeper.name())
                .start(this::watchDeadline);
    }

    @Override
    public Lease lease() {
        return tenure;
    }

    @Override
    public CompletionStage<LossReason> ended() {
        return ended.minimalCompletionStage();
    }

    private void renew() {
        try {
            Duration wait = options.renewEvery();
            while (!ended.isDone()) {
                TimeUnit.NANOSECONDS.sleep(wait.toNanos());
                wait = renewOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration renewOnce() {
        try {
            if (keeper.renew(tenure) == Keeper.Renewal.LOST) {
                end(tenure.isHeld() ? LossReason.REVOKED : LossReason.EXPIRED);
            }
            return options.renewEvery();
        } catch (RuntimeException e) {
            LOG.debug("the lock '{}' could not be renewed", keeper.name(), e);
            return options.retryEvery();
        }
    }

    /** Beside the renewals, which may hang in the store. */
    private void watchDeadline() {
        try {
            while (tenure.isHeld()) {
                TimeUnit.NANOSECONDS.sleep(
                        Math.max(1_000_000, tenure.remaining().toNanos()));
            }
            end(LossReason.EXPIRED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean end(LossReason reason) {
        boolean first = tenure.end();
        if (first) {
            ended.complete(reason);
            renewing.interrupt();
            deadline.interrupt();
        }
        return first;
    }

    @Override
    public void close() {
        if (end(LossReason.CLOSED)) {
            keeper.release(tenure);
        }
    }
}

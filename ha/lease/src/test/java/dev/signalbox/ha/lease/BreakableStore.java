package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store in memory that hangs, fails or loses answers when told to. Thread-safe. */
final class BreakableStore implements LeaseStore {
    final LeaseStore memory;
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger answersToLose = new AtomicInteger();
    private volatile @Nullable Throwable failure;
    private volatile CountDownLatch hanging = new CountDownLatch(0);
    private volatile CountDownLatch hangingAnswers = new CountDownLatch(0);

    BreakableStore() {
        this(System::nanoTime);
    }

    BreakableStore(LongSupplier nanos) {
        memory = LeaseStore.inMemory(nanos);
    }

    int calls() {
        return calls.get();
    }

    void hang() {
        hanging = new CountDownLatch(1);
    }

    /** From now on what is asked is done, but the answer does not come. */
    void hangAnswers() {
        hangingAnswers = new CountDownLatch(1);
    }

    void fail(Throwable with) {
        failure = with;
    }

    void loseAnswers(int count) {
        answersToLose.set(count);
    }

    void heal() {
        failure = null;
        hanging.countDown();
        hangingAnswers.countDown();
    }

    private <T> T call(String name, Supplier<T> operation) {
        calls.incrementAndGet();
        await(hanging);
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        T answer = operation.get();
        await(hangingAnswers);
        if (name.equals("job") && answersToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new LeaseStoreUnavailableException("the answer was lost", null);
        }
        return answer;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LeaseStoreUnavailableException("interrupted", e);
        }
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        return call(name, () -> memory.acquire(name, owner, ttl));
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        return call(name, () -> memory.renew(name, owner, epoch, ttl));
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return call(name, () -> memory.release(name, owner, epoch));
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return call(name, () -> memory.find(name));
    }

    @Override
    public void close() {
        memory.close();
    }
}

package dev.signalbox.benchmarks;

import dev.signalbox.database.Database;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.jobs.states.StateName;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

/** JobRunr, the free edition, with the settings that it starts with. */
final class JobRunrRival implements JavaRival {
    private static final int BULK = 1_000;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);

    /** One message. */
    record Message(int number, String body) implements JobRequest {
        @Override
        public Class<Handler> getJobRequestHandler() {
            return Handler.class;
        }
    }

    /** Does what the current run has to do. Public, as JobRunr calls it by reflection. */
    public static final class Handler implements JobRequestHandler<Message> {
        private volatile Handling handling = () -> {};
        private volatile CountDownLatch left = new CountDownLatch(0);

        @Override
        public void run(Message message) throws Exception {
            handling.handle();
            left.countDown();
        }
    }

    private final Database database;
    private final PostgresStorageProvider storage;
    private final JsonMapper json = new Jackson3JsonMapper();
    private final Handler handler = new Handler();
    private long ended;

    JobRunrRival(Database database) {
        this.database = database;
        this.storage = new PostgresStorageProvider(database.dataSource());
        storage.setJobMapper(new JobMapper(json));
    }

    @Override
    public String name() {
        return "jobrunr";
    }

    @Override
    public double fill(int count) {
        JobRequestScheduler scheduler = new JobRequestScheduler(storage);
        String body = "x".repeat(160);
        long start = System.nanoTime();
        for (int from = 0; from < count; from += BULK) {
            scheduler.enqueue(
                    IntStream.range(from, Math.min(count, from + BULK)).mapToObj(number -> new Message(number, body)));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public double empty(int count, Handling handling) throws Exception {
        handler.handling = handling;
        handler.left = new CountDownLatch(count);
        BackgroundJobServer server = new BackgroundJobServer(
                storage,
                json,
                new Activator(),
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration());
        long start = System.nanoTime();
        server.start();
        try {
            if (!handler.left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(handler.left.getCount() + " did not end in " + PATIENCE);
            }
            ended += count;
            awaitRecord();
            return (System.nanoTime() - start) / 1e9;
        } finally {
            server.stop();
        }
    }

    /** The last ones are handled, and their outcome is on its way. */
    private void awaitRecord() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (storage.countJobs(StateName.SUCCEEDED) < ended) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not all outcomes were on record in " + PATIENCE);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private final class Activator implements JobActivator {
        @Override
        public <T> T activateJob(Class<T> type) {
            return type.cast(handler);
        }
    }

    @Override
    public void close() {
        storage.close();
        database.close();
    }
}

package dev.signalbox.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.event.AbstractSchedulerListener;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.signalbox.database.Database;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** db-scheduler, in either of its two ways to poll. */
final class DbSchedulerRival implements JavaRival {
    private static final String TABLE = """
            create table scheduled_tasks (
                task_name text not null, task_instance text not null, task_data bytea,
                execution_time timestamp with time zone, picked boolean not null, picked_by text,
                last_success timestamp with time zone, last_failure timestamp with time zone,
                consecutive_failures int, last_heartbeat timestamp with time zone, version bigint not null,
                priority smallint, state text, primary key (task_name, task_instance));
            create index execution_time_idx on scheduled_tasks (execution_time);
            create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
            create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc)
            """;

    private static final int BULK = 1_000;

    private static final int THREADS = 50;

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private final Database database;
    private final boolean lockingAndFetching;
    private final AtomicLong next = new AtomicLong();
    private volatile Handling handling = () -> {};
    private final OneTimeTask<String> task;

    DbSchedulerRival(Database database, boolean lockingAndFetching) {
        this.database = database;
        this.lockingAndFetching = lockingAndFetching;
        this.task = Tasks.oneTime("send", String.class).execute((instance, context) -> handle());
        database.autoCommit(connection -> {
            try (Statement statement = connection.createStatement()) {
                return statement.execute(TABLE);
            }
        });
    }

    private void handle() {
        try {
            handling.handle();
        } catch (Exception e) {
            throw new IllegalStateException("a message could not be handled", e);
        }
    }

    @Override
    public String name() {
        return lockingAndFetching ? "db-scheduler-lock-fetch" : "db-scheduler-fetch";
    }

    private SchedulerBuilder builder() {
        SchedulerBuilder builder =
                Scheduler.create(database.dataSource(), task).threads(THREADS).pollingInterval(POLL);
        // The fractions that its guide recommends for throughput.
        return lockingAndFetching ? builder.pollUsingLockAndFetch(0.5, 4.0) : builder.pollUsingFetch(0.5, 6.0);
    }

    @Override
    public double fill(int count) {
        SchedulerClient client =
                SchedulerClient.Builder.create(database.dataSource(), task).build();
        String body = "x".repeat(160);
        long start = System.nanoTime();
        for (int from = 0; from < count; from += BULK) {
            List<TaskInstance<?>> bulk = new ArrayList<>(BULK);
            for (int i = from; i < Math.min(count, from + BULK); i++) {
                bulk.add(task.instance(Long.toString(next.getAndIncrement()), body));
            }
            client.scheduleBatch(bulk, Instant.now());
        }
        return (System.nanoTime() - start) / 1e9;
    }

    @Override
    public double empty(int count, Handling toDo) throws Exception {
        handling = toDo;
        CountDownLatch left = new CountDownLatch(count);
        Scheduler scheduler = builder()
                .addSchedulerListener(new AbstractSchedulerListener() {
                    @Override
                    public void onExecutionComplete(ExecutionComplete complete) {
                        left.countDown();
                    }
                })
                .build();
        long start = System.nanoTime();
        scheduler.start();
        try {
            if (!left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(left.getCount() + " of " + count + " did not end in " + PATIENCE);
            }
            return (System.nanoTime() - start) / 1e9;
        } finally {
            scheduler.stop();
        }
    }

    @Override
    public void close() {
        database.close();
    }
}

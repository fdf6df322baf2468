package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.sqs.SqsWorker;
import dev.signalbox.maintenance.sqs.SqsWorkerOptions;
import dev.signalbox.testing.services.RealSqs;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** An SQS consumer on ElasticMQ whose handlers take up to 5 ms, while messages keep coming; each must be handled once. */
final class DrainSqs implements AutoCloseable {
    private static final long LONGEST_NANOS = 5_000_000;

    private final RealSqs server = RealSqs.start();
    private final SqsClient client = SqsClient.builder()
            .endpointOverride(server.url())
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();

    List<Sample> measure(Duration duration) throws Exception {
        String queue = client.createQueue(request -> request.queueName("bench-" + UUID.randomUUID()))
                .queueUrl();
        Numbers numbers = new Numbers();
        try (Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults())) {
            Windows windows = new Windows(maintenance);
            SqsWorkerOptions options = SqsWorkerOptions.defaults()
                    .withPollWait(Duration.ofSeconds(1))
                    .withConcurrency(50);
            try (var _ = SqsWorker.join(
                    maintenance,
                    client,
                    queue,
                    message -> handle(Integer.parseInt(message.body()), windows, numbers),
                    options)) {
                var sending = CompletableFuture.runAsync(() -> send(queue, numbers), Thread::startVirtualThread);
                Percentiles drains = windows.run(duration);
                numbers.stop();
                sending.get(60, TimeUnit.SECONDS);
                Waiting.until(numbers::areAllHandled);
                numbers.check();
                return drains.samples("drain of a consumer, handlers of 5 ms", "sqs");
            }
        }
    }

    private void send(String queue, Numbers numbers) {
        try {
            numbers.sendUntilStopped(number ->
                    client.sendMessage(request -> request.queueUrl(queue).messageBody(String.valueOf(number))));
        } catch (Exception e) {
            throw new IllegalStateException("a message could not be sent", e);
        }
    }

    private static void handle(int number, Windows windows, Numbers numbers) throws InterruptedException {
        windows.working();
        TimeUnit.NANOSECONDS.sleep(ThreadLocalRandom.current().nextLong(LONGEST_NANOS));
        numbers.handled(number);
        windows.working();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}

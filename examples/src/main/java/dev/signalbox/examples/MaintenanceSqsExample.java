package dev.signalbox.examples;

import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.sqs.SqsWorker;
import dev.signalbox.maintenance.sqs.SqsWorkerOptions;
import dev.signalbox.testing.services.RealSqs;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A consumer of orders that rests during maintenance, and leaves no order invisible. */
public final class MaintenanceSqsExample {
    private MaintenanceSqsExample() {}

    /** Starts a server of its own, and orders something each second. */
    public static void main(String[] args) throws InterruptedException {
        try (RealSqs server = RealSqs.start();
                SqsClient client = client(server.url());
                Maintenance maintenance = MaintenanceDemo.start()) {
            String queue = queue(client);
            try (var worker = work(maintenance, client, queue, order -> System.out.println("handled " + order))) {
                AtomicInteger next = new AtomicInteger();
                MaintenanceDemo.eachSecond(() -> {
                    String order = "order " + next.incrementAndGet();
                    client.sendMessage(request -> request.queueUrl(queue).messageBody(order));
                    return "sent " + order + "; under way: " + worker.underWay();
                });
            }
        }
    }

    static SqsClient client(URI server) {
        return SqsClient.builder()
                .endpointOverride(server)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    static String queue(SqsClient client) {
        return client.createQueue(request -> request.queueName("orders")).queueUrl();
    }

    static SqsWorker work(Maintenance maintenance, SqsClient client, String queue, Consumer<String> handler) {
        return SqsWorker.join(
                maintenance,
                client,
                queue,
                message -> handler.accept(message.body()),
                SqsWorkerOptions.defaults().withPollWait(Duration.ofSeconds(1)));
    }
}

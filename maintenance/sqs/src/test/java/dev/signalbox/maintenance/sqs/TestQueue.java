package dev.signalbox.maintenance.sqs;

import dev.signalbox.testing.services.RealSqs;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** A fresh queue on ElasticMQ. The bodies count from 0. */
final class TestQueue implements AutoCloseable {
    private final SqsClient client = SqsClient.builder()
            .endpointOverride(RealSqs.shared().url())
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .httpClient(UrlConnectionHttpClient.create())
            .build();
    private final String url = client.createQueue(request -> request.queueName("test-" + UUID.randomUUID()))
            .queueUrl();
    private int sent;

    SqsClient client() {
        return client;
    }

    String url() {
        return url;
    }

    /** Sends the next body, and returns it. */
    int send() {
        int body = sent++;
        client.sendMessage(request -> request.queueUrl(url).messageBody(String.valueOf(body)));
        return body;
    }

    /** Sends the next bodies, in batches of 10. Throws if one was not taken. */
    void sendMany(int count) {
        for (int end = sent + count; sent < end; ) {
            List<SendMessageBatchRequestEntry> batch = IntStream.range(sent, Math.min(end, sent + 10))
                    .mapToObj(String::valueOf)
                    .map(body -> SendMessageBatchRequestEntry.builder()
                            .id(body)
                            .messageBody(body)
                            .build())
                    .toList();
            sent += batch.size();
            var result =
                    client.sendMessageBatch(request -> request.queueUrl(url).entries(batch));
            if (result.hasFailed()) {
                throw new IllegalStateException("not sent: " + result.failed());
            }
        }
    }

    int sent() {
        return sent;
    }

    /** Receives a message, and returns its body if nobody has received it before, or else -1. */
    int receivedOnce() {
        Message message = client.receiveMessage(request -> request.queueUrl(url)
                        .waitTimeSeconds(20)
                        .messageSystemAttributeNames(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT))
                .messages()
                .getFirst();
        String count = message.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT);
        return "1".equals(count) ? Integer.parseInt(message.body()) : -1;
    }

    int visible() {
        return count(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES);
    }

    int invisible() {
        return count(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    }

    /** Exact here, as ElasticMQ counts. */
    private int count(QueueAttributeName attribute) {
        Map<QueueAttributeName, String> found = client.getQueueAttributes(
                        request -> request.queueUrl(url).attributeNames(attribute))
                .attributes();
        return Integer.parseInt(found.getOrDefault(attribute, "-1"));
    }

    @Override
    public void close() {
        client.close();
    }
}

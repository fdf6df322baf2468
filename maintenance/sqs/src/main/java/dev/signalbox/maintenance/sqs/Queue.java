package dev.signalbox.maintenance.sqs;

import java.time.Duration;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;

/** The requests to one queue. Thread-safe. */
record Queue(SqsClient client, String url) {
    private static final int MOST = 10;

    /** Waits for up to {@code most} messages, 10 at the most. @throws SdkException if SQS cannot be reached or refuses */
    List<Message> receive(int most, Duration wait, Duration visibility) {
        return client.receiveMessage(request -> request.queueUrl(url)
                        .maxNumberOfMessages(Math.min(MOST, most))
                        .waitTimeSeconds((int) wait.toSeconds())
                        .visibilityTimeout((int) visibility.toSeconds()))
                .messages();
    }

    /** @throws SdkException if SQS cannot be reached or refuses */
    void delete(Message message) {
        client.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()));
    }

    /** Has it come again after that time, counted from now. @throws SdkException if SQS cannot be reached or refuses */
    void hide(Message message, Duration visibility) {
        client.changeMessageVisibility(request -> request.queueUrl(url)
                .receiptHandle(message.receiptHandle())
                .visibilityTimeout((int) visibility.toSeconds()));
    }
}

package dev.signalbox.maintenance.sqs;

import software.amazon.awssdk.services.sqs.model.Message;

/** Handles the messages of a queue, several at a time. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * Handles one message, on a virtual thread; when it returns, the message is deleted. A message may come again, even one
     * that was handled: SQS delivers at least once.
     *
     * @throws Exception if it could not be handled: it comes again after the backoff, and in the end to the queue's dead letters
     */
    void handle(Message message) throws Exception;
}

package dev.signalbox.maintenance.sqs;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sqs.model.Message;

/**
 * One message under way. Its handler's thread ends it, once; the keeper's thread renews it until then, never after: a renewal that
 * came late would hide a message that was given back.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final Queue queue;
    private final Message message;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean ended;

    Delivery(Queue queue, Message message) {
        this.queue = queue;
        this.message = message;
    }

    void renew(Duration visibility) {
        lock.lock();
        try {
            if (!ended) {
                queue.hide(message, visibility);
            }
        } catch (SdkException e) {
            LOG.warn("The message {} could not be kept: it may come again while it is handled", message.messageId(), e);
        } finally {
            lock.unlock();
        }
    }

    /** It was handled. */
    void delete() {
        end();
        try {
            queue.delete(message);
        } catch (SdkException e) {
            LOG.warn("The message {} was handled and could not be deleted: it comes again", message.messageId(), e);
        }
    }

    /** It was not handled. */
    void giveBack(Duration backoff) {
        end();
        try {
            queue.hide(message, backoff);
        } catch (SdkException e) {
            LOG.warn("The message {} could not be given back: it comes again later", message.messageId(), e);
        }
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
    }
}

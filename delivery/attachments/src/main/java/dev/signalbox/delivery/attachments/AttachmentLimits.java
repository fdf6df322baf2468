package dev.signalbox.delivery.attachments;

import java.time.Duration;

/**
 * What is kept.
 *
 * @param largest file in bytes, 1 to 1 GiB
 * @param retention how long a file is kept after it was saved, or after a message took it last; 1 second or more
 */
public record AttachmentLimits(long largest, Duration retention) {
    private static final long MOST = 1L << 30;

    public AttachmentLimits {
        if (largest < 1 || largest > MOST) {
            throw new IllegalArgumentException("largest is " + largest + "; it must be 1 to " + MOST);
        }
        if (retention.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("retention is " + retention + "; it must be a second or more");
        }
    }

    /** 25 MiB, for 30 days. */
    public static AttachmentLimits usual() {
        return new AttachmentLimits(25L << 20, Duration.ofDays(30));
    }

    public AttachmentLimits withLargest(long other) {
        return new AttachmentLimits(other, retention);
    }
}

package dev.signalbox.mail;

import java.time.Duration;

/**
 * How long a server is waited for; 10 ms to 1 h each.
 *
 * @param connect to look up the name, connect, and agree on TLS
 * @param reply to answer a command
 * @param write to take what is written
 * @param content to answer the end of a message. RFC 5321 asks for ten minutes: servers scan a message then, and a client
 *     that gives up early does not know whether it was delivered
 */
public record SmtpTimeouts(Duration connect, Duration reply, Duration write, Duration content) {
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofHours(1);

    public SmtpTimeouts {
        check("connect", connect);
        check("reply", reply);
        check("write", write);
        check("content", content);
    }

    /** 30 s to connect, 2 min for a reply, 3 min for a write, 10 min for the answer to the content. */
    public static SmtpTimeouts usual() {
        return new SmtpTimeouts(
                Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(3), Duration.ofMinutes(10));
    }

    public SmtpTimeouts withConnect(Duration value) {
        return new SmtpTimeouts(value, reply, write, content);
    }

    public SmtpTimeouts withReply(Duration value) {
        return new SmtpTimeouts(connect, value, write, content);
    }

    public SmtpTimeouts withWrite(Duration value) {
        return new SmtpTimeouts(connect, reply, value, content);
    }

    public SmtpTimeouts withContent(Duration value) {
        return new SmtpTimeouts(connect, reply, write, value);
    }

    private static void check(String name, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " timeout " + value + " is not in " + SHORTEST + ".." + LONGEST);
        }
    }
}

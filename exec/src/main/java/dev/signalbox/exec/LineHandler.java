package dev.signalbox.exec;

/** Takes a command's output line by line. Called on the thread that runs the command, one line at a time. */
@FunctionalInterface
public interface LineHandler {
    /**
     * Takes one line, without its end ({@code \n} or {@code \r\n}). While this is busy the command waits as soon as about
     * 256 KiB of output are unread. An exception ends the command and is thrown on to the caller.
     *
     * @param line UTF-8, with {@code U+FFFD} for what is not; a line of more than 64 KiB comes in pieces of that size
     */
    void line(Source source, String line) throws InterruptedException;
}

package dev.signalbox.exec;

/** Which of its two outputs a process wrote to. */
public enum Source {
    STDOUT,
    STDERR
}

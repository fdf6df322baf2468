package dev.signalbox.server.configuration;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/**
 * Says in words why something failed, for every message, answer and log line that a person reads. Exceptions of the JDK often
 * have no message at all, only a path, or only the name of their cause's class.
 */
public final class FailureText {
    private FailureText() {}

    /** Never empty, and never "null". */
    public static String of(@Nullable Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> "there is no file " + e.getFile();
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileSystemException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
            case HttpConnectTimeoutException e -> "connecting took too long";
            case HttpTimeoutException e -> "no answer in time";
            case ConnectException e ->
                e.getCause() != null && isUnresolved(e.getCause()) ? "there is no such host" : "connection refused";
            case UnresolvedAddressException e -> "there is no such host";
            case EOFException e -> "the connection was closed before the answer ended";
            case null -> "the reason is unknown";
            default -> told(failure);
        };
    }

    private static boolean isUnresolved(Throwable failure) {
        return failure instanceof UnresolvedAddressException
                || (failure.getCause() != null && isUnresolved(failure.getCause()));
    }

    private static String told(Throwable failure) {
        String message = failure.getMessage();
        Throwable cause = failure.getCause();
        if (cause != null && (message == null || message.equals(cause.toString()))) {
            return of(cause);
        }
        return message == null || message.isBlank()
                ? "no reason was given (" + failure.getClass().getSimpleName() + ")"
                : message;
    }
}

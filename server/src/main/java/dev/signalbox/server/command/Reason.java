package dev.signalbox.server.command;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Says in words why something failed: exceptions of the JDK often have only a class name, or only a path. */
public final class Reason {
    private Reason() {}

    public static String of(@Nullable Throwable failure) {
        return switch (failure) {
            case UncheckedIOException e -> of(e.getCause());
            case NoSuchFileException e -> "there is no file " + e.getFile();
            case AccessDeniedException e -> e.getFile() + ": permission denied";
            case FileSystemException e -> e.getFile() + ": " + told(e.getReason());
            case HttpConnectTimeoutException e -> "connecting took too long";
            case HttpTimeoutException e -> "no answer in time";
            case ConnectException e ->
                e.getCause() != null && isUnresolved(e.getCause()) ? "there is no such host" : "connection refused";
            case EOFException e -> "the connection was closed before the answer ended";
            case null -> "the reason is unknown";
            default -> told(failure.getMessage());
        };
    }

    private static boolean isUnresolved(Throwable failure) {
        return failure instanceof UnresolvedAddressException
                || (failure.getCause() != null && isUnresolved(failure.getCause()));
    }

    private static String told(@Nullable String message) {
        return message == null || message.isBlank() ? "the reason is unknown" : message;
    }
}

/**
 * Runs host commands: captured, streamed or proxied, and never an orphan left behind.
 *
 * <p>Where to begin: {@link dev.signalbox.exec.Command} and {@link dev.signalbox.exec.Pipeline} say what to run,
 * {@link dev.signalbox.exec.RunningCommand} and {@link dev.signalbox.exec.RunningStream} are one that runs,
 * {@link dev.signalbox.exec.Capture} is what came of it, {@link dev.signalbox.exec.ExecSupport} says what this platform can promise.
 *
 * <p>Inside, from the call to the kernel:
 *
 * <ol>
 *   <li>{@code Execution} is one run for its caller: {@code Executables} and {@code Redirect} check what it needs, {@code LiveRuns}
 *       ends it with the JVM, {@code Proxy}, {@code SignalForwarder} and {@code Terminal} let it take this process's place. What it
 *       writes goes to a {@code Sink}: an {@code OutputBuffer} or a {@code LineQueue}.
 *   <li>{@code Backends} chooses the {@code Backend} that starts a {@code Run}.
 *   <li>{@code SpawnBackend} is the one for Linux: {@code Pipes} are its descriptors, {@code Environment} and {@code Marker} what it
 *       inherits, {@code Child} its states. One thread, {@code Reactor}, serves all children with {@code Epoll},
 *       {@code OutputReader} and {@code StdinWriter}; another, {@code Terminator}, ends them by what {@code Processes} finds.
 *       {@code Libc} and {@code CFunction} call the C library.
 *   <li>{@code JdkBackend} and {@code JdkRun} do with {@link java.lang.ProcessBuilder} what it allows, everywhere else.
 * </ol>
 */
@NullMarked
package dev.signalbox.exec;

import org.jspecify.annotations.NullMarked;

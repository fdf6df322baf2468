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
 *
 * <p>By what they are about, in the order to read them:
 *
 * <table>
 *   <caption>The types of this package</caption>
 *   <tr><td>what applications use</td>
 *       <td>{@link Command}, {@link RunningCommand}, {@link Capture}, {@link Exit}, {@link Output}, {@link RunningStream},
 *           {@link LineHandler}, {@link Source}, {@link ResourceLimit}, {@link Executables}, {@link ExecSupport},
 *           {@link ExecListener}</td></tr>
 *   <tr><td>pipelines</td>
 *       <td>{@link Pipeline}, {@link PipelineCapture}</td></tr>
 *   <tr><td>failures</td>
 *       <td>{@link ExecException} and its kinds: {@link CommandNotFoundException}, {@link CommandFailedException},
 *           {@link CommandEndedException}, {@link CommandTimeoutException}, {@link CommandCancelledException}</td></tr>
 *   <tr><td>what a command is made of</td>
 *       <td>CommandOptions, Input, Redirect</td></tr>
 *   <tr><td>the engine: one run for its caller</td>
 *       <td>Execution, LiveRuns, Sink, OutputBuffer, LineQueue</td></tr>
 *   <tr><td>running in place of this process</td>
 *       <td>Proxy, SignalForwarder, Terminal</td></tr>
 *   <tr><td>how processes are started</td>
 *       <td>Backends, Backend, Run</td></tr>
 *   <tr><td>on Linux</td>
 *       <td>SpawnBackend, Environment, Marker, Pipes, Child, Reactor, Epoll, OutputReader, StdinWriter, Terminator,
 *           Processes</td></tr>
 *   <tr><td>the C library</td>
 *       <td>Libc, CFunction, Errno</td></tr>
 *   <tr><td>everywhere else</td>
 *       <td>JdkBackend, JdkRun</td></tr>
 * </table>
 */
@NullMarked
package dev.signalbox.exec;

import org.jspecify.annotations.NullMarked;

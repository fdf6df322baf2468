package dev.signalbox.server.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Sends to a Unix datagram socket on Linux, which Java has no class for. (The command systemd-notify would be another process, which
 * systemd believes only with {@code NotifyAccess=all}.) Thread-safe.
 */
final class NotifySocket {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PATH_OFFSET = 2;
    private static final int MAX_PATH = 107;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET =
            function("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO = function(
            "sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle CLOSE = function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private NotifySocket() {}

    @SuppressWarnings("restricted") // the launcher allows this program to leave the JVM
    private static MethodHandle function(String name, FunctionDescriptor types) {
        MemorySegment symbol = LINKER.defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsupportedOperationException("this C library has no function " + name));
        return LINKER.downcallHandle(symbol, types, Linker.Option.captureCallState("errno"));
    }

    /**
     * Sends one datagram.
     *
     * @param address a path, or a name that begins with {@code @} in the abstract namespace; up to 107 bytes
     * @throws IOException if the address is no such, or nobody receives there
     */
    static void send(String address, String text) throws IOException {
        byte[] path = address.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > MAX_PATH || (path[0] != '/' && path[0] != '@')) {
            throw new IOException("its address, " + address + ", is neither a path nor an abstract name of up to "
                    + MAX_PATH + " bytes");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int socket = (int) SOCKET.invokeExact(state, (int) AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
            check(socket, state, address);
            try {
                MemorySegment target = socketAddress(arena, path);
                MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
                long sent = (long) SENDTO.invokeExact(
                        state, socket, bytes, bytes.byteSize(), MSG_NOSIGNAL, target, (int) target.byteSize());
                check(sent, state, address);
            } finally {
                int _ = (int) CLOSE.invokeExact(state, socket);
            }
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException("the C library could not be called", e);
        }
    }

    /** A path ends with a zero; an abstract name begins with one, in place of its {@code @}. */
    private static MemorySegment socketAddress(Arena arena, byte[] path) {
        boolean named = path[0] == '/';
        MemorySegment address = arena.allocate(PATH_OFFSET + path.length + (named ? 1 : 0), JAVA_SHORT.byteAlignment());
        address.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(path, 0, address, JAVA_BYTE, PATH_OFFSET, path.length);
        if (!named) {
            address.set(JAVA_BYTE, PATH_OFFSET, (byte) 0);
        }
        return address;
    }

    private static void check(long result, MemorySegment state, String address) throws IOException {
        if (result < 0) {
            throw new IOException("sending to " + address + " failed with error " + state.get(JAVA_INT, ERRNO));
        }
    }
}

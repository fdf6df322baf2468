package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;

/**
 * Messages of a gRPC stream: a byte that says whether it is compressed, which none is, its length in four bytes, and a frame in
 * protobuf.
 */
enum GrpcFormat implements WireFormat {
    PROTOBUF;

    static final int HEADER = 1 + Integer.BYTES;
    /** Only the entries of headers can take more than they do in JSON: with keys and values of 128 bytes and more, 3 bytes each. */
    private static final int GROWTH = 32;

    @Override
    public void json(byte[] json, int length, ByteBuf out) {
        ProtobufWriter protobuf = ProtobufWriter.ofThread();
        protobuf.frame(GrpcSchema.SERVER, json, length);
        out.writeByte(0).writeInt(protobuf.size()).writeBytes(protobuf.array(), 0, protobuf.size());
    }

    @Override
    public int most(int content) {
        return content + content / GROWTH + 32;
    }
}

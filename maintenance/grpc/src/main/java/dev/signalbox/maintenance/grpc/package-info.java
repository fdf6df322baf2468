/** Maintenance of gRPC servers: calls are refused, health is told. */
@NullMarked
package dev.signalbox.maintenance.grpc;

import org.jspecify.annotations.NullMarked;

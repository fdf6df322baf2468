@NullMarked
package dev.signalbox.maintenance.grpc;

import org.jspecify.annotations.NullMarked;

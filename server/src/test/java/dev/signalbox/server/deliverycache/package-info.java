@NullMarked
package dev.signalbox.server.deliverycache;

import org.jspecify.annotations.NullMarked;

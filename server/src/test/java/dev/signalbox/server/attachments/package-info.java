@NullMarked
package dev.signalbox.server.attachments;

import org.jspecify.annotations.NullMarked;

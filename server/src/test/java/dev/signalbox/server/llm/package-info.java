@NullMarked
package dev.signalbox.server.llm;

import org.jspecify.annotations.NullMarked;

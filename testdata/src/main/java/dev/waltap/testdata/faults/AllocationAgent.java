// SPDX-License-Identifier: Apache-2.0
package dev.waltap.testdata.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A Java agent that asks {@link AllocationFaults} before each allocation in the product's code:
 * objects, arrays, and what the compiler leaves to the JVM, such as lambdas and concatenated
 * strings. The command line's own words are left out, since somebody must say what happened, and so
 * are static initializers, since a class whose initializer fails is gone for good.
 */
public final class AllocationAgent implements ClassFileTransformer {
  private static final String PRODUCT = "dev/waltap/";
  private static final String TESTS = "dev/waltap/testdata/";
  private static final String COMMAND_LINE = "dev/waltap/cli/";
  private static final String ASKED = Type.getInternalName(AllocationFaults.class);

  private int sites;

  private AllocationAgent() {}

  /** Called by the JVM before the main class's main method. */
  public static void premain(@Nullable String arguments, Instrumentation instrumentation) {
    instrumentation.addTransformer(new AllocationAgent());
  }

  /** Writes the archive by which a JVM finds the agent, whose class is on its class path. */
  static Path writeArchive(Path directory) throws IOException {
    Path archive = directory.resolve("agent.jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", AllocationAgent.class.getName());
    try (OutputStream out = Files.newOutputStream(archive);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      jar.finish();
    }
    return archive;
  }

  @Override
  public byte @Nullable [] transform(
      ClassLoader loader,
      String className,
      @Nullable Class<?> classBeingRedefined,
      ProtectionDomain protectionDomain,
      byte[] classfileBuffer) {
    if (!className.startsWith(PRODUCT)
        || className.startsWith(TESTS)
        || className.startsWith(COMMAND_LINE)) {
      return null;
    }
    ClassReader reader = new ClassReader(classfileBuffer);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new AskingClass(writer), 0);
    return writer.toByteArray();
  }

  private synchronized int newSite() {
    return sites++;
  }

  /** Copies a class, with a question before each allocation. */
  private final class AskingClass extends ClassVisitor {
    AskingClass(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      return name.equals("<clinit>") ? next : new AskingMethod(next);
    }
  }

  /** Copies a method likewise. */
  private final class AskingMethod extends MethodVisitor {
    AskingMethod(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    private void ask() {
      super.visitLdcInsn(newSite());
      super.visitMethodInsn(Opcodes.INVOKESTATIC, ASKED, "ask", "(I)V", false);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      super.visitTypeInsn(opcode, type);
      // Afterwards, since stack maps refer to where a NEW stands.
      if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
        ask();
      }
    }

    @Override
    public void visitIntInsn(int opcode, int operand) {
      if (opcode == Opcodes.NEWARRAY) {
        ask();
      }
      super.visitIntInsn(opcode, operand);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      ask();
      super.visitMultiANewArrayInsn(descriptor, dimensions);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      ask();
      super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
    }
  }
}

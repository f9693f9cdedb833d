using Ilium.Types;

namespace Ilium;

/// <summary>
/// Says how values of a CLR type of yours are stored. Given in <see cref="ClusterOptions.Codecs"/>, it counts everywhere: in binding, in <see cref="Row.Get{T}(int)"/>, inside collections,
/// tuples and user-defined types, and in mapped types. Must be safe for all threads. See docs/mapping.md.
/// </summary>
public abstract class CqlCodec
{
    private protected CqlCodec()
    {
    }

    /// <summary>The CLR type whose values it stores.</summary>
    public abstract Type ClrType { get; }

    /// <summary>
    /// Stores values as those of a type that has codecs: an <c>OrderId</c> as a <see cref="Guid"/>, for every CQL type that takes one. Null never gets here: it stays null.
    /// </summary>
    /// <typeparam name="T">The type of yours.</typeparam>
    /// <typeparam name="TStored">What it is stored as.</typeparam>
    /// <param name="read">Makes a value of what is stored. What it throws becomes an <see cref="InvalidValueException"/> that names the column.</param>
    /// <param name="write">Makes of a value what is stored. What it throws becomes an <see cref="InvalidValueException"/> that names the column.</param>
    public static CqlCodec Convert<T, TStored>(Func<TStored, T> read, Func<T, TStored> write)
        where T : notnull
        where TStored : notnull
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(write);
        return new ConvertingCodec<T, TStored>(read, write);
    }

    /// <summary>Stores an enum as the name of its value, in <c>text</c> and <c>ascii</c> columns. Names are compared as they are written; a name or a value that the enum does not have is an
    /// <see cref="InvalidValueException"/>.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    public static CqlCodec EnumAsText<T>()
        where T : struct, Enum => new EnumTextCodec<T>();

    /// <summary>Stores an enum as its number, in columns of every integer type. Numbers without a name stay what they are; one that is beyond the column, or the enum, is an
    /// <see cref="InvalidValueException"/>.</summary>
    /// <typeparam name="T">The enum.</typeparam>
    public static CqlCodec EnumAsNumber<T>()
        where T : struct, Enum => new EnumNumberCodec<T>();

    /// <summary>Stores values of a mapped type as user-defined types. One codec serves every user-defined type that has the fields the type needs, in whatever order, and goes on when the
    /// user-defined type is altered.</summary>
    /// <typeparam name="T">A type marked <see cref="CqlUdtAttribute"/>.</typeparam>
    public static CqlCodec Udt<T>()
        where T : IUdtMapped<T> => new UdtMappedCodec<T>();

    /// <summary>The codec for values of a CQL type; null where it has none.</summary>
    internal abstract Codec? Bind(CqlType type, CodecRegistry registry);

    /// <summary>The type as which it stores values of its own, for every CQL type that takes one; null where it does without another.</summary>
    internal virtual Type? StoredType => null;

    /// <summary>What makes collections of the type, or of lists of it, where no code can be made at run time.</summary>
    internal abstract SequenceComposer? SequenceOf(Type element);

    /// <summary>What makes maps to the type, or to lists of it, where no code can be made at run time; null where that takes a key of another type.</summary>
    internal abstract MapComposer? MapOf(Type key, Type value);

    /// <summary>Null where that takes code made at run time.</summary>
    internal virtual NullableComposer? Nullable => null;
}

/// <summary>
/// Reads and writes the bytes of one CQL type, for types that no conversion reaches: those that CQL knows only as a class of the server's. Derive from it; must be safe for all threads.
/// </summary>
/// <typeparam name="T">The CLR type.</typeparam>
/// <param name="type">The CQL type; for a class of the server's a <see cref="CqlCustomType"/> with its full name.</param>
#pragma warning disable RS0022 // That is its purpose: users derive from it, and the base has no protected members.
public abstract class CqlCodec<T>(CqlType type) : CqlCodec
#pragma warning restore RS0022
    where T : notnull
{
    /// <summary>The CQL type it is for.</summary>
    public CqlType CqlType { get; } = type ?? throw new ArgumentNullException(nameof(type));

    /// <inheritdoc/>
    public sealed override Type ClrType => typeof(T);

    /// <summary>Decodes one value, which is not null. What it throws becomes an <see cref="InvalidValueException"/> that names the column.</summary>
    /// <param name="content">All bytes of the value; they may be none. Valid during the call only.</param>
    public abstract T Read(ReadOnlySpan<byte> content);

    /// <summary>Encodes one value. What it throws becomes an <see cref="InvalidValueException"/> that names the column.</summary>
    /// <param name="value">The value, never null.</param>
    /// <param name="output">Takes the bytes.</param>
    public abstract void Write(T value, CqlOutput output);

    internal sealed override Codec? Bind(CqlType type, CodecRegistry registry) => CqlType.Equals(type) ? new RawCodec<T>(this) : null;

    internal sealed override SequenceComposer? SequenceOf(Type element) => CustomCodecs.SequenceOf<T>(element);

    internal sealed override MapComposer? MapOf(Type key, Type value) => CustomCodecs.MapOf<T>(key, value);
}

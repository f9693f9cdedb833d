using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Ilium.Types;

/// <summary>
/// Finds the codec for a CQL type and a CLR type. One for each cluster, safe for all threads; composed codecs are kept, up to a bound, so that asking
/// again is one lookup.
/// </summary>
internal sealed class CodecRegistry
{
    // Types come from users' schemas and code, so real programs stay far below; the bound only keeps a stream of ever new types from growing without end.
    private const int MaxCached = 4096;

    private readonly ConcurrentDictionary<CodecKey, Codec> _cache = new();
    private readonly ConcurrentDictionary<CodecKey, Codec> _forClasses = new();
    private readonly CodecComposer _composer;
    private int _cached;

    /// <param name="dynamicCode">False limits it to what exists under Native AOT, for tests.</param>
    /// <param name="custom">What the user has given.</param>
    internal CodecRegistry(bool dynamicCode = true, IReadOnlyList<CqlCodec>? custom = null)
    {
        Custom = new CustomCodecs(custom ?? []);
        _composer = new CodecComposer(this, dynamicCode);
    }

    internal CustomCodecs Custom { get; }

    /// <exception cref="InvalidTypeException">The two types don't go together.</exception>
    internal Codec<T> Get<T>(CqlType type) => (Codec<T>)(Find(type, typeof(T)) ?? throw CodecSuggestions.NoCodec(type, typeof(T), _composer.Dynamic));

    internal bool TryGet<T>(CqlType type, [NotNullWhen(true)] out Codec<T>? codec)
    {
        codec = (Codec<T>?)Find(type, typeof(T));
        return codec is not null;
    }

    /// <summary>The codec of the CLR type that stands for <paramref name="type"/> when the user does not name one.</summary>
    internal Codec GetDefault(CqlType type) => Find(type, typeof(DefaultMarker))
        ?? throw new InvalidTypeException($"Values of type {type} cannot be read.", type);

    /// <summary>
    /// The codec for values given as objects of a CLR type. May be one that only writes, for collections without a codec of their own.
    /// </summary>
    /// <exception cref="InvalidTypeException">The two types don't go together.</exception>
    internal Codec GetFor(CqlType type, Type clrType)
    {
        var key = new CodecKey(type, clrType);
        if (_cache.TryGetValue(key, out var known) || _forClasses.TryGetValue(key, out known))
        {
            return known;
        }

        var codec = FindFor(type, clrType) ?? throw CodecSuggestions.NoCodec(type, clrType, _composer.Dynamic);
        Keep(_forClasses, key, codec);
        return codec;
    }

    /// <summary>The CQL type that a CLR type most likely means, null when it does not tell.</summary>
    internal CqlType? Infer(Type clrType) => CqlTypeInference.Of(clrType);

    /// <summary>Null when there is none; otherwise a <see cref="Codec{T}"/> of exactly <paramref name="clrType"/>.</summary>
    internal Codec? Find(CqlType type, Type clrType)
    {
        var key = new CodecKey(type, clrType);
        if (_cache.TryGetValue(key, out var known))
        {
            return known;
        }

        var codec = Resolve(type, clrType);
        if (codec is not null)
        {
            Keep(_cache, key, codec);
        }

        return codec;
    }

    private Codec? FindFor(CqlType type, Type clrType)
    {
        // A value's own class may be hidden and derive from the one that has a codec: that of IPAddress.Loopback is not IPAddress.
        for (var known = clrType; known is not null && known != typeof(object); known = known.BaseType)
        {
            if (Find(type, known) is { } codec)
            {
                return codec;
            }
        }

        return type is CqlEncryptedType encrypted
            ? _composer.ComposeUntyped(encrypted.Plain, clrType)?.Encrypted(encrypted)
            : _composer.ComposeUntyped(type, clrType);
    }

    private void Keep(ConcurrentDictionary<CodecKey, Codec> cache, CodecKey key, Codec codec)
    {
        if (Interlocked.Increment(ref _cached) > MaxCached)
        {
            _cache.Clear();
            _forClasses.Clear();
            Volatile.Write(ref _cached, 1);
        }

        cache[key] = codec;
    }

    private Codec? Resolve(CqlType type, Type clrType)
    {
        if (type is CqlEncryptedType encrypted)
        {
            return Find(encrypted.Plain, clrType)?.Encrypted(encrypted);
        }

        var primitives = PrimitiveCodecs.Of(type);
        if (clrType == typeof(DefaultMarker))
        {
            return primitives.IsEmpty ? _composer.ComposeDefault(type) : primitives[0];
        }

        foreach (var codec in primitives)
        {
            if (codec.ClrType == clrType)
            {
                return codec;
            }
        }

        return Custom.Find(type, clrType, this) ?? _composer.Compose(type, clrType);
    }

    /// <summary>Stands for "the natural CLR type" in the cache's keys.</summary>
    private sealed class DefaultMarker;

    private readonly struct CodecKey(CqlType type, Type clrType) : IEquatable<CodecKey>
    {
        private readonly CqlType _type = type;
        private readonly Type _clrType = clrType;

        public bool Equals(CodecKey other) =>
            ReferenceEquals(_clrType, other._clrType) && (ReferenceEquals(_type, other._type) || _type.Equals(other._type));

        public override bool Equals(object? obj) => obj is CodecKey other && Equals(other);

        // Types without arguments, by far the most, need no walk.
        public override int GetHashCode() =>
            (_type is CqlPrimitiveType ? (int)_type.Code : _type.GetHashCode()) * 397 ^ _clrType.GetHashCode();
    }
}

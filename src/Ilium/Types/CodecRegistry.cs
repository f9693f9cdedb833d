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
    private int _cached;

    internal Codec<T> Get<T>(CqlType type) => (Codec<T>)GetFor(type, typeof(T));

    internal bool TryGet<T>(CqlType type, [NotNullWhen(true)] out Codec<T>? codec)
    {
        codec = (Codec<T>?)Find(type, typeof(T));
        return codec is not null;
    }

    /// <summary>The codec of the CLR type that stands for <paramref name="type"/> when the user does not name one.</summary>
    internal Codec GetDefault(CqlType type) => Find(type, typeof(DefaultMarker))
        ?? throw new InvalidTypeException($"Values of type {type} cannot be read.", type);

    internal Codec GetFor(CqlType type, Type clrType) => Find(type, clrType) ?? throw CodecSuggestions.NoCodec(type, clrType);

    private Codec? Find(CqlType type, Type clrType)
    {
        var key = new CodecKey(type, clrType);
        if (_cache.TryGetValue(key, out var known))
        {
            return known;
        }

        var codec = Resolve(type, clrType);
        if (codec is not null)
        {
            if (Interlocked.Increment(ref _cached) > MaxCached)
            {
                _cache.Clear();
                Volatile.Write(ref _cached, 1);
            }

            _cache[key] = codec;
        }

        return codec;
    }

    private static Codec? Resolve(CqlType type, Type clrType)
    {
        var primitives = PrimitiveCodecs.Of(type);
        if (clrType == typeof(DefaultMarker))
        {
            return primitives.IsEmpty ? null : primitives[0];
        }

        foreach (var codec in primitives)
        {
            if (codec.ClrType == clrType)
            {
                return codec;
            }
        }

        return null;
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

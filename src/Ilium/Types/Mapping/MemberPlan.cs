using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Ilium.Buffers;

namespace Ilium.Types;

/// <summary>
/// Which columns of one result, or fields of one user-defined type, go to which members of one CLR type, with their codecs. Worked out once, kept by what it was made for, shared by
/// all threads and never changed.
/// </summary>
internal sealed class MemberPlan
{
    // What a list, set or map without elements is: their number (native protocol §6).
    private static readonly byte[] NoElements = new byte[sizeof(int)];

    private readonly Type _owner;
    private readonly CqlUserType? _userType;
    private readonly string[] _names;
    private readonly CqlType[] _types;
    private readonly MappedMember[] _members;
    private readonly Codec?[] _codecs;
    private readonly bool[] _found;

    private MemberPlan(Type owner, CqlUserType? userType, string[] names, CqlType[] types, MappedMember[] members, CodecRegistry registry)
    {
        _owner = owner;
        _userType = userType;
        _names = names;
        _types = types;
        _members = members;
        MemberOf = MemberMatching.MembersOf(members, names);
        Codes = [.. types.Select(type => type.Code)];
        _found = new bool[members.Length];
        foreach (var member in MemberOf)
        {
            if (member >= 0)
            {
                _found[member] = true;
            }
        }

        RequireMembers();
        _codecs = FindCodecs(registry);
    }

    /// <summary>For each column or field its member, or -1.</summary>
    internal int[] MemberOf { get; }

    internal CqlTypeCode[] Codes { get; }

    /// <summary>True where the last fields may be missing, as in a value that was stored before its type had them.</summary>
    internal bool MayEndEarly => _userType is not null;

    /// <summary>The plan after this one in the list of whoever keeps them.</summary>
    internal MemberPlan? Next { get; set; }

    internal static MemberPlan ForRow<T>(IReadOnlyList<ColumnDefinition> columns, CodecRegistry registry)
        where T : ICqlMapped<T> =>
        new(typeof(T), null, [.. columns.Select(column => column.Name)], [.. columns.Select(column => column.Type)], Describe<T>(), registry);

    internal static MemberPlan ForUserType<T>(CqlUserType type, CodecRegistry registry)
        where T : ICqlMapped<T> =>
        new(typeof(T), type, [.. type.Fields.Select(field => field.Name)], [.. type.Fields.Select(field => field.Type)], Describe<T>(), registry);

    internal bool IsOf(Type owner) => ReferenceEquals(_owner, owner);

    internal bool Has(int member) => _found[member];

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal T ReadWithCodec<T>(int part, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return CodecOf<T>(part).Read(bytes);
        }
        catch (InvalidTypeException e)
        {
            throw Named(e, part);
        }
        catch (InvalidValueException e)
        {
            throw Named(e, part);
        }
    }

    internal void WriteWithCodec<T>(int part, CqlWriter writer, T value)
    {
        try
        {
            CodecOf<T>(part).Write(writer, value);
        }
        catch (InvalidTypeException e)
        {
            throw Named(e, part);
        }
        catch (InvalidValueException e)
        {
            throw Named(e, part);
        }
    }

    /// <summary>True for content of no bytes where the type has no such value: nothing, for a member that may be null.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal bool IsNothing(int part) => !_codecs[part]!.EmptyIsValue;

    /// <summary>What null is to a member: null, nothing inside of a collection, or an error.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal T ReadNull<T>(int part)
    {
        var member = _members[MemberOf[part]];
        if (member.IsNullable && default(T) is null)
        {
            return default!;
        }

        // Servers keep no collection without elements: they give null for it.
        if (Codes[part] is CqlTypeCode.List or CqlTypeCode.Set or CqlTypeCode.Map)
        {
            return ReadWithCodec<T>(part, NoElements);
        }

        var type = ClrTypeName.Of(typeof(T));
        throw Named(
            new InvalidValueException($"is null, which {ClrTypeName.Of(_owner)}.{member.Member} can't be. Declare it as {type}?.", _types[part], typeof(T)), part);
    }

    [DoesNotReturn]
    internal void ThrowNoField(int member) => throw new InvalidTypeException(
        $"The user-defined type {_userType} has no field '{_members[member].Name}', and {ClrTypeName.Of(_owner)}.{_members[member].Member} has a value, which would be lost.", _userType, _owner);

    [DoesNotReturn]
    internal void ThrowShort() => throw (_userType is null
        ? new MalformedResponseException($"A row reaches past the end of its page.")
        : CodecErrors.Malformed(_userType, "a field reaches past its end"));

    private static MappedMember[] Describe<T>()
        where T : ICqlMapped<T>
    {
        var map = new MemberMap();
        T.DescribeMembers(map);
        return [.. map.Members];
    }

    private void RequireMembers()
    {
        var missing = _members.Where((member, i) => member.IsRequired && !_found[i]).ToArray();
        if (missing.Length > 0)
        {
            throw new MappingException(
                _owner, [.. missing.Select(member => member.Member)], [.. missing.Select(member => member.Name)], _names,
                _userType is null ? "column" : "field", _userType is null ? "the result" : $"the type {_userType}");
        }
    }

    private Codec?[] FindCodecs(CodecRegistry registry)
    {
        var codecs = new Codec?[_names.Length];
        for (var i = 0; i < codecs.Length; i++)
        {
            if (MemberOf[i] is var member and >= 0)
            {
                try
                {
                    codecs[i] = _members[member].FindCodec(registry, _types[i]);
                }
                catch (InvalidTypeException e)
                {
                    throw Named(e, i);
                }
            }
        }

        return codecs;
    }

    private Codec<T> CodecOf<T>(int part) => _codecs[part] as Codec<T> ?? throw new InvalidOperationException(
        $"{ClrTypeName.Of(_owner)}.{_members[MemberOf[part]].Member} was described as {ClrTypeName.Of(_members[MemberOf[part]].ClrType)} and is read as {ClrTypeName.Of(typeof(T))}.");

    private InvalidTypeException Named(InvalidTypeException e, int part) => _userType is null ? e.WithColumn(_names[part]) : e.Within(FieldName(part));

    private InvalidValueException Named(InvalidValueException e, int part) => _userType is null ? e.WithColumn(_names[part]) : e.Within(FieldName(part));

    private string FieldName(int part) => $"Field '{_names[part]}' of {_userType}";
}

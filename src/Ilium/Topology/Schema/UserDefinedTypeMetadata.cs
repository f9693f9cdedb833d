using System.Text;

namespace Ilium;

/// <summary>A field of a user-defined type, as it is declared. Immutable.</summary>
/// <param name="Name">Its name, without quotes, in its own case.</param>
/// <param name="Type">Its type.</param>
/// <param name="DeclaredType">Its type as CQL declares it, for example <c>frozen&lt;list&lt;int&gt;&gt;</c>.</param>
public sealed record UserDefinedTypeField(string Name, CqlType Type, string DeclaredType);

/// <summary>A user-defined type. Immutable.</summary>
public sealed class UserDefinedTypeMetadata
{
    internal UserDefinedTypeMetadata(CqlUserType type, IReadOnlyList<UserDefinedTypeField> fields)
    {
        Type = type;
        Fields = fields;
    }

    /// <summary>The keyspace it belongs to.</summary>
    public string Keyspace => Type.Keyspace;

    /// <summary>Its name, without quotes, in its own case.</summary>
    public string Name => Type.Name;

    /// <summary>The type as columns have it.</summary>
    public CqlUserType Type { get; }

    /// <summary>Its fields, in order.</summary>
    public IReadOnlyList<UserDefinedTypeField> Fields { get; }

    /// <summary>The statement that makes it; types it uses must be there before.</summary>
    public string ToCql()
    {
        var text = new StringBuilder("CREATE TYPE ").Append(CqlIdentifier.ToCql(Keyspace)).Append('.').Append(CqlIdentifier.ToCql(Name)).Append(" (\n");
        for (var i = 0; i < Fields.Count; i++)
        {
            text.Append("    ").Append(CqlIdentifier.ToCql(Fields[i].Name)).Append(' ').Append(Fields[i].DeclaredType)
                .Append(i < Fields.Count - 1 ? ",\n" : "\n");
        }

        return text.Append(");").ToString();
    }

    /// <summary>The statement that makes it.</summary>
    public override string ToString() => ToCql();
}

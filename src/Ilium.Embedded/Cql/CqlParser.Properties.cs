using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>What follows WITH.</content>
internal ref partial struct CqlParser
{
    private NodeList<Property> ParseProperties()
    {
        var properties = default(NodeListBuilder<Property>);
        do
        {
            AddProperty(ref properties);
        }
        while (Accept(TokenKind.And));
        return properties.Build();
    }

    private void AddProperty(scoped ref NodeListBuilder<Property> properties)
    {
        var property = ParseProperty();
        foreach (var other in properties.Items)
        {
            if (other.Name == property.Name)
            {
                throw Invalid($"Multiple definitions for property '{property.Name}'");
            }
        }

        properties.Add(property);
    }

    private Property ParseProperty()
    {
        var position = Position;
        var name = ParseName();
        Expect(TokenKind.Equal);
        if (Kind == TokenKind.LeftBrace)
        {
            return new MapProperty(position, name, ParsePropertyMap());
        }

        return new TextProperty(position, name, ParsePropertyText());
    }

    private string ParsePropertyText()
    {
        if (TryParseConstant() is { } constant)
        {
            return constant.Text;
        }

        return Keywords.ClassOf(Kind) is KeywordClass.None or KeywordClass.Reserved ? throw NoViableAlternative() : TextOf(Next()).ToString();
    }

    /// <summary>A map literal whose keys and values are constants.</summary>
    private NodeList<KeyValuePair<string, string>> ParsePropertyMap()
    {
        Expect(TokenKind.LeftBrace);
        if (Accept(TokenKind.RightBrace))
        {
            return default;
        }

        var map = ParseMapLiteral(Position, ParseTerm());
        var entries = default(NodeListBuilder<KeyValuePair<string, string>>);
        foreach (var entry in map.Entries)
        {
            const string noMarkers = " (bind variables are not supported in DDL queries)";
            if (entry.Key is not Literal key)
            {
                throw Invalid($"Invalid property name: {CqlText.Of(entry.Key)}{(entry.Key is BindMarker ? noMarkers : "")}");
            }

            if (entry.Value is not Literal value)
            {
                throw Invalid($"Invalid property value: {CqlText.Of(entry.Value)} for property: {CqlText.Of(key)}{(entry.Value is BindMarker ? noMarkers : "")}");
            }

            foreach (var (other, _) in entries.Items)
            {
                if (other == key.Text)
                {
                    throw Invalid($"Multiple definition for property {key.Text}");
                }
            }

            entries.Add(new KeyValuePair<string, string>(key.Text, value.Text));
        }

        return entries.Build();
    }

    private CreateKeyspaceStatement ParseCreateKeyspace(SourcePosition position)
    {
        _at++;
        var ifNotExists = AcceptIfNotExists();
        var keyspace = ParseKeyspaceName();
        Expect(TokenKind.With);
        return new CreateKeyspaceStatement(position, keyspace, ifNotExists, ParseProperties());
    }

    private AlterKeyspaceStatement ParseAlterKeyspace(SourcePosition position)
    {
        _at++;
        var ifExists = AcceptIfExists();
        var keyspace = ParseKeyspaceName();
        Expect(TokenKind.With);
        return new AlterKeyspaceStatement(position, keyspace, ifExists, ParseProperties());
    }
}

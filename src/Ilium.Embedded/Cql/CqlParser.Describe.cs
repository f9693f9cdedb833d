using Ilium.Embedded.Cql.Ast;

namespace Ilium.Embedded.Cql;

/// <content>DESCRIBE.</content>
internal ref partial struct CqlParser
{
    private DescribeStatement ParseDescribe()
    {
        var position = Next().Position;
        var (kind, name) = ParseDescribed();
        var withInternals = Accept(TokenKind.With);
        if (withInternals)
        {
            Expect(TokenKind.Internals);
        }

        return new DescribeStatement(position, kind, name, withInternals);
    }

    private (DescribeKind Kind, QualifiedName? Name) ParseDescribed()
    {
        switch (Kind)
        {
            case TokenKind.Cluster:
                _at++;
                return (DescribeKind.Cluster, null);
            case TokenKind.Schema:
                _at++;
                return (DescribeKind.Schema, null);
            case TokenKind.Full:
                _at++;
                Expect(TokenKind.Schema);
                return (DescribeKind.FullSchema, null);
            case TokenKind.Keyspaces:
                _at++;
                return (DescribeKind.Keyspaces, null);
            case TokenKind.Only when KindAt(1) == TokenKind.Keyspace:
                _at += 2;
                return (DescribeKind.OnlyKeyspace, ParseOptionalKeyspace());
            case TokenKind.Keyspace:
                _at++;
                return (DescribeKind.Keyspace, ParseOptionalKeyspace());
            case TokenKind.Tables:
                _at++;
                return (DescribeKind.Tables, null);
            case TokenKind.Types:
                _at++;
                return (DescribeKind.Types, null);
            case TokenKind.Functions:
                _at++;
                return (DescribeKind.Functions, null);
            case TokenKind.Aggregates:
                _at++;
                return (DescribeKind.Aggregates, null);
            default:
                return ParseDescribedElement();
        }
    }

    private (DescribeKind Kind, QualifiedName Name) ParseDescribedElement()
    {
        switch (Kind)
        {
            case TokenKind.ColumnFamily:
                _at++;
                return (DescribeKind.Table, ParseTableName());
            case TokenKind.Index:
                _at++;
                return (DescribeKind.Index, ParseTableName());
            case TokenKind.Materialized:
                _at++;
                Expect(TokenKind.View);
                return (DescribeKind.MaterializedView, ParseTableName());
            case TokenKind.Type when IsName(KindAt(1)):
                _at++;
                return (DescribeKind.Type, ParseUserTypeName());
            case TokenKind.Function when IsName(KindAt(1)) || KindAt(1) == TokenKind.Token:
                _at++;
                return (DescribeKind.Function, ParseFunctionName());
            case TokenKind.Aggregate when IsName(KindAt(1)) || KindAt(1) == TokenKind.Token:
                _at++;
                return (DescribeKind.Aggregate, ParseFunctionName());
            case TokenKind.QuestionMark:
                throw NoViableAlternative();
            default:
                return (DescribeKind.Generic, ParseTableName());
        }
    }

    private QualifiedName? ParseOptionalKeyspace()
    {
        var position = Position;
        return IsName(Kind) || Kind == TokenKind.QuestionMark ? new QualifiedName(position, null, ParseKeyspaceName()) : null;
    }
}

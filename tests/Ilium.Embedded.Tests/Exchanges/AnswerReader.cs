using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ilium.TestKit;

namespace Ilium.Embedded.Tests.Exchanges;

/// <summary>What an answer says, as text that two servers' answers can be compared by, with all its flags. Ids are numbered in the order they are seen: servers make them as they like.</summary>
public sealed partial class AnswerReader(int version)
{
    private const int GlobalTable = 0x01;
    private const int HasMorePages = 0x02;
    private const int NoMetadata = 0x04;
    private const int MetadataChanged = 0x08;

    // A server says this when it likes: once a minute at most.
    private const string OncePerMinute = "`USE <keyspace>` with prepared statements";

    private readonly List<string> _statementIds = [];
    private readonly List<string> _metadataIds = [];
    private WireReader _reader = new(default);
    private StringBuilder _text = new();

    /// <summary>Whether cells are read as what they are, or only as being there: those that are others on each server.</summary>
    public bool ValuesVary { get; set; }

    /// <summary>The id of the statement that was prepared by the last answer; null when none was.</summary>
    public byte[]? StatementId { get; private set; }

    /// <summary>The id of result metadata that the last answer brought; null for none.</summary>
    public byte[]? MetadataId { get; private set; }

    /// <summary>Where the last answer's page ended; null when it was the last.</summary>
    public byte[]? PagingState { get; private set; }

    /// <summary>The words of an error, which are not compared.</summary>
    public string Words { get; private set; } = "";

    public string Read(WireEnvelope answer)
    {
        _reader = RawClient.Read(answer);
        _text = new StringBuilder();
        (StatementId, MetadataId, PagingState, Words) = (null, null, null, "");
        if ((answer.Flags & WireFlags.Warning) != 0)
        {
            foreach (var warning in _reader.StringList().Where(warning => !warning.StartsWith(OncePerMinute, StringComparison.Ordinal)))
            {
                _text.Append("warning ").Append(warning).Append('\n');
            }
        }

        _text.Append(CultureInfo.InvariantCulture, $"flags {(int)(answer.Flags & ~WireFlags.Warning)} ");
        if (answer.Opcode == WireOpcode.Error)
        {
            ReadError();
        }
        else if (answer.Opcode == WireOpcode.Result)
        {
            ReadResult();
            _reader.End();
        }
        else
        {
            _text.Append(answer.Opcode);
        }

        return _text.ToString();
    }

    private void ReadError()
    {
        var code = _reader.Int();
        Words = _reader.String();
        _text.Append(CultureInfo.InvariantCulture, $"error 0x{code:X4}");
        switch (code)
        {
            case WireError.Syntax:
                _text.Append(' ').Append(Position().Match(Words).Value);
                break;
            case WireError.AlreadyExists:
                _text.Append(CultureInfo.InvariantCulture, $" of {_reader.String()}.{_reader.String()}");
                break;
            case WireError.Unprepared:
                _text.Append(' ').Append(NumberOf(_statementIds, _reader.ShortBytes()));
                break;
        }
    }

    private void ReadResult()
    {
        switch (_reader.Int())
        {
            case 1:
                _text.Append("void");
                break;
            case 2:
                ReadRows();
                break;
            case 3:
                _text.Append("keyspace ").Append(_reader.String());
                break;
            case 4:
                ReadPrepared();
                break;
            case 5:
                ReadSchemaChange();
                break;
            case var kind:
                _text.Append(CultureInfo.InvariantCulture, $"result of kind {kind}");
                break;
        }
    }

    private void ReadSchemaChange()
    {
        var (change, target, keyspace) = (_reader.String(), _reader.String(), _reader.String());
        _text.Append(CultureInfo.InvariantCulture, $"{change} {target} {keyspace}");
        if (target is not "KEYSPACE")
        {
            _text.Append('.').Append(_reader.String());
        }
    }

    private void ReadPrepared()
    {
        StatementId = _reader.ShortBytes();
        _text.Append("prepared s").Append(NumberOf(_statementIds, StatementId));
        if (version >= 5)
        {
            MetadataId = _reader.ShortBytes();
            _text.Append(" m").Append(NumberOf(_metadataIds, MetadataId));
        }

        _text.Append("\nvariables");
        var flags = _reader.Int();
        var count = _reader.Int();
        _text.Append(CultureInfo.InvariantCulture, $" 0x{flags:x} {count}");
        if (version >= 4)
        {
            var keys = Enumerable.Range(0, _reader.Int()).Select(_ => _reader.Short()).ToList();
            _text.Append(" key [").AppendJoin(", ", keys).Append(']');
        }

        ReadColumns(flags, count);
        _text.Append("\nresult");
        ReadMetadata();
    }

    private void ReadRows()
    {
        _text.Append("rows");
        var count = ReadMetadata();
        for (var rows = _reader.Int(); rows > 0; rows--)
        {
            _text.Append("\n  ").AppendJoin(" | ", Enumerable.Range(0, count).Select(_ => _reader.Bytes() is { } value ? ValuesVary ? "some" : Convert.ToHexStringLower(value) : "null"));
        }
    }

    private int ReadMetadata()
    {
        var flags = _reader.Int();
        var count = _reader.Int();
        _text.Append(CultureInfo.InvariantCulture, $" 0x{flags:x} {count}");
        if ((flags & HasMorePages) != 0)
        {
            PagingState = _reader.Bytes();
            _text.Append(" more");
        }

        if ((flags & MetadataChanged) != 0)
        {
            MetadataId = _reader.ShortBytes();
            _text.Append(" now m").Append(NumberOf(_metadataIds, MetadataId));
        }

        if ((flags & NoMetadata) == 0)
        {
            ReadColumns(flags, count);
        }

        return count;
    }

    private void ReadColumns(int flags, int count)
    {
        var isGlobal = (flags & GlobalTable) != 0;
        if (isGlobal)
        {
            _text.Append(CultureInfo.InvariantCulture, $" of {_reader.String()}.{_reader.String()}");
        }

        for (var i = 0; i < count; i++)
        {
            _text.Append("\n ");
            if (!isGlobal)
            {
                _text.Append(CultureInfo.InvariantCulture, $" {_reader.String()}.{_reader.String()}");
            }

            _text.Append(' ').Append(_reader.String()).Append(' ').Append(ReadType());
        }
    }

    private string ReadType()
    {
        var code = _reader.Short();
        return code switch
        {
            0x00 => $"'{_reader.String()}'",
            0x20 => $"list<{ReadType()}>",
            0x21 => $"map<{ReadType()}, {ReadType()}>",
            0x22 => $"set<{ReadType()}>",
            0x30 => ReadUserType(),
            0x31 => $"tuple<{string.Join(", ", Enumerable.Range(0, _reader.Short()).Select(_ => ReadType()).ToList())}>",
            _ => $"0x{code:x2}",
        };
    }

    private string ReadUserType()
    {
        var name = $"{_reader.String()}.{_reader.String()}";
        return $"{name}({string.Join(", ", Enumerable.Range(0, _reader.Short()).Select(_ => $"{_reader.String()} {ReadType()}").ToList())})";
    }

    private static int NumberOf(List<string> ids, byte[] id)
    {
        var text = Convert.ToHexStringLower(id);
        var index = ids.IndexOf(text);
        if (index < 0)
        {
            ids.Add(text);
            index = ids.Count - 1;
        }

        return index + 1;
    }

    [GeneratedRegex(@"^line -?\d+:-?\d+")]
    private static partial Regex Position();
}

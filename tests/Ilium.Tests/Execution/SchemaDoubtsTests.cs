using System.Collections.Immutable;
using Ilium.Execution;
using Ilium.Protocol;
using Ilium.Rows;
using Ilium.Statements;
using Ilium.Types;

namespace Ilium.Tests.Execution;

/// <summary>Which statements a schema change concerns.</summary>
public class SchemaDoubtsTests
{
    [Theory]
    [InlineData("UPDATED", "TABLE", "shop", "users", true)]
    [InlineData("DROPPED", "TABLE", "shop", "users", true)]
    [InlineData("CREATED", "TABLE", "shop", "users", true)]
    [InlineData("UPDATED", "TABLE", "shop", "other", false)]
    [InlineData("UPDATED", "TABLE", "other", "users", false)]
    [InlineData("UPDATED", "TYPE", "shop", "address", true)]
    [InlineData("UPDATED", "TYPE", "other", "address", false)]
    [InlineData("DROPPED", "FUNCTION", "shop", "f", true)]
    [InlineData("DROPPED", "KEYSPACE", "shop", null, true)]
    [InlineData("DROPPED", "KEYSPACE", "other", null, false)]
    [InlineData("UPDATED", "KEYSPACE", "shop", null, false)]
    [InlineData("UPDATED", "SOMETHING NEW", "shop", "users", true)]
    public void A_change_concerns_the_statements_of_its_table_type_or_keyspace(string change, string target, string keyspace, string? name, bool concerned)
    {
        var doubts = new SchemaDoubts();
        var state = State();
        Assert.False(doubts.Concern(state));
        doubts.Note(new SchemaChange(change, target, keyspace, name, []));
        Assert.Equal(concerned, doubts.Concern(state));
        // Told until it is prepared again, with what is known by then; and told again by the next change.
        Assert.Equal(concerned, doubts.Concern(state));
        var again = State(doubts.Latest);
        Assert.False(doubts.Concern(again));
        doubts.Note(new SchemaChange(change, target, keyspace, name, []));
        Assert.Equal(concerned, doubts.Concern(again));
        Assert.Equal(concerned, doubts.Concern(State()));
    }

    [Fact]
    public void What_concerns_others_is_looked_at_once()
    {
        var doubts = new SchemaDoubts();
        var state = State();
        doubts.Note(new SchemaChange("UPDATED", "TABLE", "other", "users", []));
        Assert.False(doubts.Concern(state));
        Assert.Equal((1, 1), (doubts.Latest, state.KnownChange));
    }

    [Fact]
    public void Missed_changes_and_more_tables_than_are_told_apart_concern_every_statement_with_markers()
    {
        var doubts = new SchemaDoubts();
        var (state, unmarked) = (State(), new PreparedState([1], null, ResultMetadata.Empty, [], RowDecoder.Empty, new CodecRegistry(), ProtocolVersion.V4));
        doubts.NoteEverything();
        Assert.True(doubts.Concern(state));
        Assert.False(doubts.Concern(unmarked));

        state = State(doubts.Latest);
        for (var i = 0; i < 4096; i++)
        {
            doubts.Note(new SchemaChange("CREATED", "TABLE", "other", $"t{i}", []));
        }

        var before = state.KnownChange;
        Assert.False(doubts.Concern(State(before)));
        doubts.Note(new SchemaChange("CREATED", "TABLE", "other", "one more", []));
        Assert.True(doubts.Concern(State(before)));
    }

    private static PreparedState State(int known = 0)
    {
        ImmutableArray<ColumnDefinition> columns = [new ColumnDefinition("shop", "users", "id", CqlType.Int, 0)];
        return new PreparedState([1], null, new ResultMetadata(columns), [], RowDecoder.Empty, new CodecRegistry(), ProtocolVersion.V4) { KnownChange = known };
    }
}

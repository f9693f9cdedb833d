using Ilium.Rows;
using Ilium.TestKit;
using Ilium.Types;
using static Ilium.TestKit.ValueBytes;

namespace Ilium.Tests.Mapping;

/// <summary>What generated code makes of rows: which column goes where, what is missing, and what is wrong.</summary>
public class MappedRowTests
{
    private static readonly Guid SomeId = new("0f0e0d0c-0b0a-4908-8706-050403020100");

    [Fact]
    public void Rows_become_values_in_any_order_of_columns_and_past_those_that_nobody_maps()
    {
        var rows = MappedPage.Of(
            "extra text, age int, other bigint, name text, last blob",
            [Text("x"), Int(30), null, Text("Ann"), []], [null, Int(41), Bigint(1), Text("Bäb"), [1, 2]], [Text(""), Int(52), Bigint(2), Text(""), null]);

        Assert.Equal([new("Ann", 30), new("Bäb", 41), new Person("", 52)], rows.As<Person>());
        Assert.Equal([new("Ann", 30, null), new("Bäb", 41, null), new PersonValue("", 52, null)], rows.As<PersonValue>());
        Assert.Equal(new Person("Bäb", 41), rows.ElementAt(1).To<Person>());
        Assert.Equal(3, rows.As<Person>().Count);

        // Going through them again reads again; so do other threads.
        var people = rows.As<Person>();
        Assert.Equal(people, people);
        Parallel.For(0, 100, _ => Assert.Equal([30, 41, 52], people.Select(person => person.Age)));
    }

    [Fact]
    public void Values_outlive_their_page()
    {
        var rows = MappedPage.Of("name text, age int", [Text("Ann"), Int(30)]);
        var person = rows.First().To<Person>();
        rows.Dispose();

        Assert.Equal("Ann", person.Name);
        Assert.Throws<ObjectDisposedException>(() => rows.As<Person>().ToArray());
        Assert.Throws<ObjectDisposedException>(() => rows.As<Person>().First());
    }

    [Fact]
    public void Missing_columns_leave_what_is_not_needed_as_it_is()
    {
        Assert.Equal(new Defaults("Ann", 18, "none", DayOfWeek.Friday, 0.5), MappedPage.Of("rest double, name text", [Double(9), Text("Ann")]).First().To<Defaults>());
        Assert.Equal(new Defaults("Ann", 30, null), MappedPage.Of("name text, age int, note text", [Text("Ann"), Int(30), null]).First().To<Defaults>());

        var bare = MappedPage.Of("name text", [Text("Ann")]).First().To<Settings>();
        Assert.Equal(("Ann", 18, "none", 7L, 1, 0L, false), (bare.Name, bare.Age, bare.Note, bare.Score, bare.Ignored, bare.Created, bare.Flag));

        var whole = MappedPage.Of(
            "flag boolean, createdAt bigint, ignored int, score bigint, note text, age int, name text",
            [Boolean(true), Bigint(5), Int(99), Bigint(6), Text("n"), Int(30), Text("Ann")]).First().To<Settings>();
        Assert.Equal(("Ann", 30, "n", 6L, 1, 5L, true), (whole.Name, whole.Age, whole.Note, whole.Score, whole.Ignored, whole.Created, whole.Flag));
    }

    [Fact]
    public void Init_accessors_of_structs_generic_types_and_bases_are_set_too()
    {
        var point = MappedPage.Of("y double", [Double(8)]).First().To<Point>();
        Assert.Equal((1.5, 8.0, 3), (point.X, point.Y, point.Depth));
        Assert.Equal(4, MappedPage.Of("z int", [Int(4)]).First().To<Point>().Depth);

        var pair = MappedPage.Of("second text, first int", [null, Int(1)]).First().To<Pair<int, string>>();
        Assert.Equal((1, null), (pair.First, pair.Second));
        Assert.Equal("a", MappedPage.Of("first text", [Text("a")]).First().To<Pair<string, long>>().First);

        var product = MappedPage.Of("id uuid, version bigint, kind text", [Uuid(SomeId), Bigint(2), Text("k")]).First().To<Product>();
        Assert.Equal((SomeId, 2L, "k", null), (product.Id, product.Version, product.Kind, product.Price));
        Assert.Equal(SomeId, MappedPage.Of("value uuid", [Uuid(SomeId)]).First().To<Outer<Guid>.IMiddle.Inner>().Value);
    }

    [Fact]
    public void A_member_of_a_generic_base_that_only_initializers_set_needs_its_column()
    {
        var error = Assert.Throws<MappingException>(() => MappedPage.Of("id uuid", [Uuid(SomeId)]).First().To<Product>());
        Assert.Equal(["Version"], error.Members);
    }

    [Fact]
    public void Names_are_snake_case_or_exact_or_folded_in_this_order()
    {
        Assert.Equal(1, MappedPage.Of("UserID int, userid int, user_id int", [Int(3), Int(2), Int(1)]).First().To<Named>().UserID);
        Assert.Equal(3, MappedPage.Of("userid int, UserID int", [Int(2), Int(3)]).First().To<Named>().UserID);
        Assert.Equal(2, MappedPage.Of("userid int", [Int(2)]).First().To<Named>().UserID);
        Assert.Throws<MappingException>(() => MappedPage.Of("USERID int", [Int(2)]).First().To<Named>());

        // The first of two of one name, as everywhere.
        Assert.Equal(1, MappedPage.Of("user_id int, user_id int", [Int(1), Int(2)]).First().To<Named>().UserID);

        // A name that is given is the only one.
        var named = MappedPage.Of("user_id int, Odd\u00a0\"name\" int, Odd int, odd int", [Int(1), Int(5), Int(6), Int(7)]).First().To<Named>();
        Assert.Equal(5, named.Odd);
    }

    [Fact]
    public void Missing_columns_of_what_is_needed_are_told_all_at_once_with_those_there_are()
    {
        var rows = MappedPage.Of("title text, years int", [Text("a"), Int(1)]);

        var error = Assert.Throws<MappingException>(() => rows.As<Person>().First());

        Assert.Equal(
            "Person needs the columns 'name' (for Name), 'age' (for Age), which the result does not have; it has title, years. Select them, name the column with [CqlName], or give the member a default value.",
            error.Message);
        Assert.Equal((typeof(Person), "Name,Age", "name,age"), (error.MappedType, string.Join(',', error.Members), string.Join(',', error.Missing)));

        // Each row says so, not only the first; without rows there is nothing to say.
        Assert.Throws<MappingException>(() => rows.First().To<Person>());
        Assert.Empty(MappedPage.Of("title text").As<Person>());
        Assert.Empty(MappedPage.Of(RowDecoder.Empty).As<Person>());
    }

    [Fact]
    public void Null_where_it_can_not_be_is_an_error_with_column_and_member()
    {
        var age = Assert.Throws<InvalidValueException>(() => MappedPage.Of("name text, age int", [Text("Ann"), null]).First().To<Person>());
        Assert.Equal("Column 'age': is null, which Person.Age can't be. Declare it as int?.", age.Message);
        Assert.Equal(("age", CqlType.Int, typeof(int)), (age.Column, age.CqlType, age.ClrType));

        var name = Assert.Throws<InvalidValueException>(() => MappedPage.Of("name text, age int", [null, Int(1)]).As<Person>().First());
        Assert.Equal("Column 'name': is null, which Person.Name can't be. Declare it as string?.", name.Message);

        // A type that is one or the other by its argument.
        var first = Assert.Throws<InvalidValueException>(() => MappedPage.Of("first text", new byte[]?[] { null }).First().To<Pair<string, string>>());
        Assert.Equal("Column 'first': is null, which Pair<string, string>.First can't be. Declare it as string?.", first.Message);
    }

    [Fact]
    public void Null_in_a_collection_that_can_not_be_null_is_one_without_elements()
    {
        var empty = MappedPage.Of("tags set<text>, scores list<int>, counts map<text,int>, parts list<int>", new byte[]?[] { null, null, null, null }).First().To<Collections>();
        Assert.Equal((0, 0, null, 0), (empty.Tags.Count, empty.Scores.Count, empty.Counts, empty.Parts.Length));

        var full = MappedPage.Of("tags set<text>, scores list<int>, counts map<text,int>, parts vector<int,2>",
            [List(Text("a")), List(Int(3), Int(1)), Map((Text("k"), Int(5))), [0, 0, 0, 1, 0, 0, 0, 2]]).First().To<Collections>();
        Assert.Equal(["a"], full.Tags);
        Assert.Equal([3, 1], full.Scores);
        Assert.Equal(5, full.Counts!["k"]);
        Assert.Equal([1, 2], full.Parts);

        // A vector always has its elements.
        Assert.Equal("parts", Assert.Throws<InvalidValueException>(() => MappedPage.Of("parts vector<int,2>", new byte[]?[] { null }).First().To<Collections>()).Column);
    }

    [Fact]
    public void A_wrong_type_is_the_error_that_reading_the_column_gives_and_comes_with_the_first_row()
    {
        var rows = MappedPage.Of("name text, age uuid", [Text("Ann"), null]);
        var expected = Assert.Throws<InvalidTypeException>(() => MappedPage.Of("age uuid", [Uuid(SomeId)]).First().Get<int>(0));

        var error = Assert.Throws<InvalidTypeException>(() => rows.As<Person>().First());

        Assert.Equal(expected.Message, error.Message);
        Assert.Equal(("age", CqlType.Uuid, typeof(int)), (error.Column, error.CqlType, error.ClrType));
        Assert.Equal("Column 'age': A bigint cannot be read as int, which may be too small; read it as long.",
            Assert.Throws<InvalidTypeException>(() => MappedPage.Of("name text, age bigint", [Text("Ann"), Bigint(1)]).First().To<Person>()).Message);
    }

    [Fact]
    public void Values_of_no_bytes_are_null_where_they_may_be_and_errors_elsewhere()
    {
        Assert.Null(MappedPage.Of("name text, age int, score bigint", [Text(""), Int(1), []]).First().To<PersonValue>().Score);
        Assert.Equal(6, MappedPage.Of("name text, age int, score bigint", [Text(""), Int(1), Bigint(6)]).First().To<PersonValue>().Score);
        Assert.Equal("age", Assert.Throws<InvalidValueException>(() => MappedPage.Of("name text, age int", [Text("a"), []]).First().To<Person>()).Column);
    }

    [Fact]
    public void A_page_cut_at_any_byte_is_an_error()
    {
        var whole = MappedPage.Of("extra text, name text, age int", [Text("abc"), Text("Ann"), Int(30)]);
        var bytes = whole.Page.ToArray();
        for (var length = 1; length < bytes.Length; length++)
        {
            var cut = new RowSet(new Ilium.Buffers.PooledBody((byte[])bytes.Clone(), 0, length), whole.Decoder, 1, 1);
            Assert.Throws<MalformedResponseException>(() => cut.First().To<Person>());
        }

        bytes[1] = 0x7f;
        Assert.Throws<MalformedResponseException>(() => new RowSet(new Ilium.Buffers.PooledBody(bytes, 0, bytes.Length), whole.Decoder, 1, 1).As<Person>().First());
    }

    [Fact]
    public void What_no_result_gave_has_no_rows()
    {
        var none = default(MappedRows<Person>);

        Assert.True(none is { Count: 0 });
        Assert.Empty(none);
        foreach (var person in none)
        {
            Assert.Fail(person.Name);
        }

        var rows = none.GetEnumerator();
        rows.Reset();
        Assert.False(rows.MoveNext());
    }

    [Fact]
    public void Two_types_may_read_one_result_in_turn()
    {
        var rows = MappedPage.Of("name text, age int", [Text("Ann"), Int(30)]);
        var plan = rows.Decoder.PlanOf<Person>();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(30, rows.First().To<Person>().Age);
            Assert.Equal(30, rows.First().To<PersonValue>().Age);
        }

        Assert.Same(plan, rows.Decoder.PlanOf<Person>());
    }
}

[CqlRow]
internal sealed partial record Named(int UserID, [CqlName("Odd\u00a0\"name\"")] int Odd = 0);
